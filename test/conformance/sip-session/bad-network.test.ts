import assert from "node:assert/strict";
import { eventually } from "#test/support/eventually";
import { LossyProxy } from "#test/support/lossy-proxy";
import { ANSWER, HearingUser, OFFER, OTHER } from "#test/unit/sip/session/session-bench";
import { CallingNode } from "./calling-node.ts";

const CALLS = 12;

describe("sessions over a network that loses, doubles and reorders", () => {
  const nodes: CallingNode[] = [];
  let proxy: LossyProxy | undefined;

  afterEach(async () => {
    await Promise.all(nodes.splice(0).map((node) => node.stop()));
    await proxy?.close();
    proxy = undefined;
  });

  for (const seed of [1, 2])
    it(`are answered, changed from both ends at once, and ended (seed ${seed}; B-2, B-10)`, async () => {
      const [caller, callee] = [new CallingNode(), new CallingNode()];
      nodes.push(caller, callee);
      await caller.open();
      const { udp } = await callee.open();
      proxy = await LossyProxy.open(udp, { seed, lossPercent: 15, doublePercent: 10, delayMaxMs: 80 });
      callee.answer = (session, user) => {
        user.answer = () => Promise.resolve({ sdp: ANSWER });
        session.progress(180);
        session.accept(ANSWER);
      };
      const { port } = proxy;
      const users = Array.from({ length: CALLS }, () => new HearingUser());
      const sessions = users.map((user) => caller.call(port, OFFER, user));
      await eventually(() => {
        assert.equal(callee.taken.filter(({ user }) => user.heard.includes("acknowledged")).length, CALLS);
        assert.equal(sessions.filter(({ phase }) => phase === "confirmed").length, CALLS);
      }, 30_000);
      const outcomes = await Promise.all(
        [...sessions, ...callee.taken.map(({ session }) => session)].map((one) => one.offer(OTHER)),
      );
      assert.deepEqual(new Set(outcomes.map(({ type }) => type)), new Set(["answered"]));
      sessions.forEach((session, at) => {
        if (at % 2 === 0) session.end();
      });
      for (const { session } of callee.taken)
        if (sessions.some(({ callId, phase }) => callId === session.callId && phase !== "over")) session.end();
      await eventually(() => {
        const ends = [...users, ...callee.taken.map(({ user }) => user)].flatMap((user) => user.ends.map(({ type }) => type));
        assert.deepEqual(ends, Array<string>(2 * CALLS).fill("bye"));
      }, 30_000);
      assert.deepEqual([caller.sessions.count, callee.sessions.count], [0, 0]);
      assert.deepEqual([...caller.errors, ...callee.errors], []);
      assert.ok(proxy.counts.lost > 0);
    }).timeout(120_000);
});
