import assert from "node:assert/strict";
import fc from "fast-check";
import { inviteClientTable, startInviteClient, type InviteClientEvent } from "#sip/transaction/invite-client-table";
import { inviteServerTable, startInviteServer, type InviteServerEvent } from "#sip/transaction/invite-server-table";
import { nonInviteClientTable, startNonInviteClient, type NonInviteClientEvent } from "#sip/transaction/non-invite-client-table";
import { nonInviteServerTable, startNonInviteServer, type NonInviteServerEvent } from "#sip/transaction/non-invite-server-table";
import type { SipTimes } from "#sip/transaction/timers";
import { plays, someTimes, TableWorld } from "./table-world.ts";

const RUNS = { numRuns: 2000 };

/** The types of the worlds come out of their tables. */
function nonInviteClient(reliable: boolean, times: SipTimes) {
  return new TableWorld({
    table: nonInviteClientTable,
    first: startNonInviteClient(reliable, times),
    outside: { provisional: { type: "provisional" }, final: { type: "final" }, transportError: { type: "transportError" } },
    fired: (timer): NonInviteClientEvent => (timer === "E" ? { type: "timerE", times } : { type: "timerF" }),
    repeatTimer: "E",
  });
}

function inviteClient(reliable: boolean, times: SipTimes) {
  return new TableWorld({
    table: inviteClientTable,
    first: startInviteClient(reliable, times),
    outside: {
      provisional: { type: "provisional" },
      success: { type: "success", times },
      failure: { type: "failure", times },
      transportError: { type: "transportError" },
    },
    fired: (timer) => ({ type: `timer${timer}` }) as InviteClientEvent,
    repeatTimer: "A",
  });
}

function nonInviteServer(reliable: boolean, times: SipTimes) {
  return new TableWorld({
    table: nonInviteServerTable,
    first: startNonInviteServer(reliable, times),
    outside: { repeat: { type: "repeat" }, provisional: { type: "provisional" }, final: { type: "final", times } },
    fired: (timer): NonInviteServerEvent => ({ type: timer === "J" ? "timerJ" : "patience" }),
    repeatTimer: "none",
  });
}

function inviteServer(reliable: boolean, times: SipTimes) {
  return new TableWorld({
    table: inviteServerTable,
    first: startInviteServer(reliable),
    outside: {
      repeat: { type: "repeat" },
      ack: { type: "ack", times },
      provisional: { type: "provisional" },
      success: { type: "success", times },
      failure: { type: "failure", times },
    },
    fired: (timer) => (timer === "trying" ? { type: "trying" } : { type: `timer${timer}`, times }) as InviteServerEvent,
    repeatTimer: "G",
  });
}

const TABLES = { nonInviteClient, inviteClient, nonInviteServer, inviteServer };

/** Pauses double from T1; with a cap they stay there. */
function assertDoubling(pauses: readonly number[], times: SipTimes, capMs: number): void {
  for (const [at, pause] of pauses.entries()) {
    const previous = pauses[at - 1];
    assert.equal(pause, previous === undefined ? times.t1 : Math.min(previous * 2, capMs));
  }
}

describe("transaction tables, in all orders of events", () => {
  for (const [name, make] of Object.entries(TABLES)) {
    it(`${name}: ends once, leaves no timer behind and does nothing after the end`, () => {
      fc.assert(
        fc.property(fc.boolean(), someTimes, plays, (reliable, times, choices) => {
          const world = make(reliable, times);
          // The world checks the promises at every step.
          for (const choice of choices) world.play(choice);
          if (world.terminated === 1) assert.equal(world.running.size, 0);
        }),
        RUNS,
      );
    });

    it(`${name}: starts no repeat timer on a stream`, () => {
      fc.assert(
        fc.property(someTimes, plays, (times, choices) => {
          const world = make(true, times);
          for (const choice of choices) world.play(choice);
          world.fireAll();
          assert.deepEqual(world.pauses, []);
        }),
        RUNS,
      );
    });
  }

  it("nonInviteClient: its user hears exactly one end, and nothing after it (S-2)", () => {
    fc.assert(
      fc.property(fc.boolean(), someTimes, plays, (reliable, times, choices) => {
        const world = nonInviteClient(reliable, times);
        let finals = 0;
        for (const choice of choices) {
          const wasOver = world.terminated === 1;
          const effects = world.play(choice);
          if (!wasOver && world.terminated === 1 && effects.some(({ type }) => type === "passToUser")) finals += 1;
        }
        const ends = (): number => finals + world.count("timeout") + world.count("transportFailed");
        assert.equal(ends(), world.terminated);
        world.fireAll();
        assert.equal(world.terminated, 1, "it ends by itself");
        assert.equal(ends(), 1);
      }),
      RUNS,
    );
  });

  it("nonInviteClient: pauses double from T1 to T2, and are T2 after a provisional answer (S-2)", () => {
    fc.assert(
      fc.property(someTimes, fc.nat({ max: 12 }), fc.nat({ max: 12 }), (times, before, after) => {
        const world = nonInviteClient(false, times);
        for (let fired = 0; fired < before; fired += 1) world.happen("E");
        assertDoubling(world.pauses, times, times.t2);
        world.happen("provisional");
        const known = world.pauses.length;
        for (let fired = 0; fired < after; fired += 1) world.happen("E");
        assert.deepEqual(
          world.pauses.slice(known),
          Array.from({ length: after }, () => times.t2),
        );
        assert.equal(world.count("send"), 1 + before + after);
      }),
      RUNS,
    );
  });

  it("inviteClient: one answer or failure ends it for its user; only 2xx are told again (RFC 6026 §7.2)", () => {
    fc.assert(
      fc.property(fc.boolean(), someTimes, plays, (reliable, times, choices) => {
        const world = inviteClient(reliable, times);
        let ends = 0;
        for (const choice of choices) {
          const { phase } = world;
          const effects = world.play(choice);
          const told = effects.filter(({ type }) => ["passToUser", "timeout", "transportFailed"].includes(type)).length;
          if (phase === "calling" || phase === "proceeding") {
            assert.ok(told <= 1);
            if (world.phase !== "proceeding" && world.phase !== "calling") ends += told;
          } else if (told > 0) assert.equal(phase, "accepted");
        }
        assert.equal(ends, ["calling", "proceeding"].includes(world.phase) ? 0 : 1);
      }),
      RUNS,
    );
  });

  it("inviteClient: pauses double without a cap, and every failure is acknowledged, a 2xx never (S-4)", () => {
    fc.assert(
      fc.property(fc.boolean(), someTimes, plays, (reliable, times, choices) => {
        const world = inviteClient(reliable, times);
        for (const choice of choices) {
          const { phase } = world;
          const effects = world.play(choice);
          const acks = effects.filter(({ type }) => type === "sendAck").length;
          if (world.phase === "accepted") assert.equal(acks, 0);
          if (phase !== "completed" && world.phase === "completed") assert.equal(acks, 1);
        }
        assertDoubling(world.pauses, times, Infinity);
      }),
      RUNS,
    );
  });

  it("nonInviteServer: every repeat of an answered request gets one answer, and none comes out of nothing (S-3)", () => {
    fc.assert(
      fc.property(fc.boolean(), someTimes, plays, (reliable, times, choices) => {
        const world = nonInviteServer(reliable, times);
        for (const choice of choices) {
          const { phase } = world;
          const before = world.count("sendAnswer");
          world.play(choice);
          const sent = world.count("sendAnswer") - before;
          assert.ok(sent <= 1);
          if (phase === "trying" && world.phase === "trying") assert.equal(sent, 0);
        }
        world.fireAll();
        assert.equal(world.terminated, 1, "it ends by itself");
      }),
      RUNS,
    );
  });

  it("inviteServer: a failure is repeated with pauses that double up to T2, until ACK or H (S-4)", () => {
    fc.assert(
      fc.property(someTimes, fc.nat({ max: 15 }), fc.boolean(), (times, repeats, isAcknowledged) => {
        const world = inviteServer(false, times);
        world.happen("failure");
        for (let fired = 0; fired < repeats; fired += 1) world.happen("G");
        assertDoubling(world.pauses, times, times.t2);
        assert.equal(world.count("sendAnswer"), 1 + repeats);
        world.happen(isAcknowledged ? "ack" : "H");
        assert.ok(!world.running.has("G"));
        world.happen("repeat");
        assert.equal(world.count("sendAnswer"), 1 + repeats);
        world.fireAll();
        assert.equal(world.terminated, 1);
      }),
      RUNS,
    );
  });

  it("inviteServer: says 100 at most once and only before anything else; ends by itself once answered", () => {
    fc.assert(
      fc.property(fc.boolean(), someTimes, plays, (reliable, times, choices) => {
        const world = inviteServer(reliable, times);
        for (const choice of choices) {
          const { phase } = world;
          const effects = world.play(choice);
          if (effects.some(({ type }) => type === "sendTrying")) assert.equal(phase, "fresh");
          if (effects.some(({ type }) => type === "passAck")) assert.equal(phase, "accepted");
        }
        assert.ok(world.count("sendTrying") <= 1);
        const isAnswered = !["fresh", "proceeding"].includes(world.phase);
        world.fireAll();
        assert.equal(world.terminated, isAnswered ? 1 : 0);
      }),
      RUNS,
    );
  });
});
