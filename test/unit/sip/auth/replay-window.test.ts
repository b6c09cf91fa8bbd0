import assert from "node:assert/strict";
import { NONCE_LIFE_MS } from "#sip/auth/nonce";
import { ReplayWindow } from "#sip/auth/replay-window";

const nonce = { id: "n1", madeAt: 1000 };

describe("replay window", () => {
  it("takes each count once (G-4)", () => {
    const window = new ReplayWindow();
    assert.ok(window.use(nonce, 1, 1000));
    assert.ok(!window.use(nonce, 1, 1000));
    assert.ok(window.use(nonce, 2, 1000));
    assert.ok(!window.use(nonce, 1, 1000));
  });

  it("takes counts that come late, up to 63 behind the highest (G-4)", () => {
    const window = new ReplayWindow();
    assert.ok(window.use(nonce, 100, 1000));
    assert.ok(window.use(nonce, 37, 1000));
    assert.ok(!window.use(nonce, 36, 1000), "too far behind");
    assert.ok(!window.use(nonce, 37, 1000));
    assert.ok(window.use(nonce, 99, 1000));
  });

  it("keeps apart what a leap leaves behind", () => {
    const window = new ReplayWindow();
    window.use(nonce, 1, 1000);
    assert.ok(window.use(nonce, 0xffffffff, 1000));
    assert.ok(!window.use(nonce, 0xffffffff, 1000));
    assert.ok(!window.use(nonce, 1, 1000));
    assert.ok(window.use(nonce, 0xfffffffe, 1000));
  });

  it("never holds more than it may, and refuses what it had to forget (G-4, X-10)", () => {
    const window = new ReplayWindow(10);
    for (let at = 1; at <= 1000; at += 1) {
      assert.ok(window.use({ id: `n${at}`, madeAt: at }, 1, at));
      assert.ok(window.size <= 10);
    }
    for (let at = 1; at <= 1000; at += 1) assert.ok(!window.use({ id: `n${at}`, madeAt: at }, 1, 1000), `n${at} twice`);
    assert.ok(window.use({ id: "next", madeAt: 1000 }, 1, 1000), "a new nonce is good all the same");
  });

  it("forgets nonces that are over anyway without refusing newer ones", () => {
    const window = new ReplayWindow();
    for (let round = 0; round < 10; round += 1) {
      const now = 1 + round * NONCE_LIFE_MS;
      for (let at = 0; at < 50; at += 1) assert.ok(window.use({ id: `${round} ${at}`, madeAt: now - 1 }, 1, now));
    }
    assert.ok(window.size <= 150);
  });
});
