import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BindingRunner } from "#app/binding-runner";
import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import type { Binding } from "#sip/registrar/binding";
import { openStore } from "#store/open-store";

const binding = (contact: string, node?: string): Binding => ({
  contact,
  expiresAt: Date.now() + 60_000,
  callId: `call ${contact}`,
  cseq: 1,
  flow: { transport: "ws", listener: "ws:127.0.0.1:80", host: "192.0.2.1", port: 1024, key: "ws 192.0.2.1:1024" },
  path: [],
  userAgent: "",
  registeredAt: Date.now(),
  ...(node === undefined ? {} : { node }),
});

describe("bindings that move", () => {
  it("are told when a flow comes or goes, here or at another node, and not when one is refreshed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lamplighter-bindings-"));
    const store = await openStore({ url: "embedded", dataFolder: folder, clock: systemClock, log: quietLog });
    try {
      const runner = new BindingRunner({ store, clock: systemClock, log: quietLog });
      let moves = 0;
      runner.listenMoves(() => (moves += 1));
      const stop = await runner.start(() => undefined);
      const seen: number[] = [];
      const [here, there] = [binding("a", "one"), binding("a", "other")];
      for (const bindings of [[here], [{ ...here, cseq: 2 }], [there], [here, there], [there], []]) {
        await runner.change("5001", () => bindings);
        seen.push(moves);
      }
      assert.deepEqual(seen, [1, 1, 2, 3, 4, 5]);
      await stop();
    } finally {
      await store.close();
      await rm(folder, { recursive: true });
    }
  });
});

describe("bindings of a node that is gone", () => {
  it("end where they live with a connection, and only those", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lamplighter-bindings-"));
    const store = await openStore({ url: "embedded", dataFolder: folder, clock: systemClock, log: quietLog });
    try {
      const runner = new BindingRunner({ store, clock: systemClock, log: quietLog });
      const stop = await runner.start(() => undefined);
      const plain = binding("e", "one");
      const overUdp = { ...plain, flow: { ...plain.flow, transport: "udp" as const } };
      await runner.change("5001", () => [binding("a", "one"), binding("b", "other"), binding("c"), overUdp]);
      await runner.change("5002", () => [binding("d", "one")]);
      await runner.endConnectionsOf("one", () => false);
      assert.deepEqual([runner.live("5001").length, runner.live("5002").length], [4, 1], "whose time is over ends nothing");
      await runner.endConnectionsOf("one");
      assert.deepEqual(
        runner.live("5001").map(({ contact }) => contact),
        ["b", "c", "e"],
      );
      assert.deepEqual(runner.accounts(), ["5001"]);
      await stop();
    } finally {
      await store.close();
      await rm(folder, { recursive: true });
    }
  });
});
