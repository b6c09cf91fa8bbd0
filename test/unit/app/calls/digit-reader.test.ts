import assert from "node:assert/strict";
import { DigitReader } from "#app/calls/digit-reader";
import { FakeClock } from "#test/support/fake-clock";

const WISH = {
  ...{ maxDigits: 4, terminators: "#", keepsLoneTerminator: false, attempts: 1 },
  ...{ firstDigitMs: 10_000, nextDigitMs: 5000 },
};

/** A reader, and what it has said so far. */
function reading(wish: Partial<typeof WISH> & { readonly untilMatchedIn?: string } = {}): {
  readonly clock: FakeClock;
  readonly said: string[];
  readonly press: (digits: string) => void;
} {
  const clock = new FakeClock();
  const said: string[] = [];
  const reader = new DigitReader(
    { ...WISH, ...wish },
    {
      clock,
      canMatchMore: (digits) => digits.length < 3,
      prompt: () => said.push("prompt"),
      silence: () => said.push("silence"),
      done: (status, digits) => said.push(`${status} ${digits}`),
    },
  );
  return {
    clock,
    said,
    press: (digits) => {
      for (const digit of digits) reader.digit(digit);
    },
  };
}

describe("Read() collects digits (sla.md §5.7)", () => {
  it("until there are enough, and no more", () => {
    const { said, press, clock } = reading();
    press("12345");
    assert.deepEqual(said, ["prompt", "silence", "silence", "OK 1234"]);
    assert.equal(clock.pending, 0);
  });

  it("until a terminator, which is not kept unless it is all there is and that is wanted", () => {
    const first = reading();
    first.press("12#");
    assert.equal(first.said.at(-1), "OK 12");
    const lone = reading();
    lone.press("#");
    assert.equal(lone.said.at(-1), "OK ");
    const kept = reading({ keepsLoneTerminator: true });
    kept.press("#");
    assert.equal(kept.said.at(-1), "OK #");
  });

  it("until nobody presses any more: what was pressed is kept", () => {
    const { said, press, clock } = reading();
    press("7");
    clock.advance(4999);
    press("8");
    clock.advance(4999);
    assert.equal(said.length, 2);
    clock.advance(1);
    assert.equal(said.at(-1), "TIMEOUT 78");
  });

  it("asks again while nothing was pressed, as often as is wanted", () => {
    const { said, clock } = reading({ attempts: 3 });
    clock.advance(20_000);
    assert.deepEqual(said, ["prompt", "prompt", "prompt"]);
    clock.advance(10_000);
    assert.equal(said.at(-1), "TIMEOUT ");
  });

  it("until no more digits could mean anything", () => {
    const { said, press } = reading({ untilMatchedIn: "office" });
    press("701");
    assert.equal(said.at(-1), "OK 701");
  });
});
