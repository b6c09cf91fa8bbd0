import assert from "node:assert/strict";
import fc from "fast-check";
import { liveBindings, type Binding } from "#sip/registrar/binding";
import { isSameContact } from "#sip/registrar/same-contact";
import { register, type ContactAsk, type RegisterAsk } from "#sip/registrar/registrar-rules";

const LIMITS = { expiryMinSeconds: 60, expiryMaxSeconds: 3600, expiryDefaultSeconds: 3600, bindingsPerAor: 3, pathsMax: 10 };
const RUNS = 3000;

const flow = fc
  .constantFrom(5060, 5062)
  .map((port) => ({ transport: "udp" as const, listener: "udp:0.0.0.0:5060", host: "192.0.2.5", port, key: `k${port}` }));
const contact: fc.Arbitrary<ContactAsk> = fc.record({
  seconds: fc.constantFrom(0, 30, 60, 100, 3600, 100_000),
  binding: fc.record(
    {
      contact: fc.constantFrom("sip:a@h1", "sip:a@h1:5060", "sip:a@h2", "sip:b@h3", "sip:a@h4", "sip:a@h5"),
      flow,
      path: fc.constant([]),
      userAgent: fc.constantFrom("", "", "X"),
      instance: fc.constantFrom("<urn:uuid:1>", "<urn:uuid:2>"),
    },
    { requiredKeys: ["contact", "flow", "path", "userAgent"] },
  ),
});
/** Mostly what is accepted: long times, rising CSeqs of three phones; old CSeqs come too. */
const request = fc.record({
  contacts: fc.oneof(
    { weight: 8, arbitrary: fc.array(contact, { minLength: 1, maxLength: 4 }) },
    { weight: 1, arbitrary: fc.constant("all" as const) },
  ),
  callId: fc.constantFrom("c1", "c2", "c3"),
  lag: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 }) }),
  gapMs: fc.constantFrom(0, 1, 1000, 59_999, 60_000, 1_800_000, 3_600_000),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

/** Runs a story; `check` sees every step. */
function play(
  story: readonly Request[],
  check: (before: readonly Binding[], ask: RegisterAsk, outcome: ReturnType<typeof register>) => void,
): void {
  let bindings: readonly Binding[] = [];
  let at = 1_700_000_000_000;
  let cseq = 10;
  for (const { contacts, callId, lag, gapMs } of story) {
    at += gapMs;
    cseq += 1;
    const ask: RegisterAsk = { contacts, callId, cseq: cseq - lag, at };
    const outcome = register(bindings, ask, LIMITS);
    check(bindings, ask, outcome);
    if (outcome.ok) bindings = outcome.value;
  }
}

function holds(check: Parameters<typeof play>[1]): void {
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 25 }), (story) => {
      play(story, check);
    }),
    { numRuns: RUNS },
  );
}

describe("registrar rules, in any order of REGISTERs", function () {
  this.timeout(20_000);

  it("never hold more than the limit, nor anything expired beside a change (R-8)", () => {
    holds((before, ask, outcome) => {
      if (!outcome.ok) return;
      assert.ok(outcome.value.length <= LIMITS.bindingsPerAor);
      if (outcome.value !== before) assert.deepEqual(liveBindings(outcome.value, ask.at), outcome.value);
    });
  });

  it("never let an old CSeq of a Call-ID change what a newer one of it made (R-3)", () => {
    holds((before, ask, outcome) => {
      const isOld = liveBindings(before, ask.at).some(({ callId, cseq }) => callId === ask.callId && cseq > ask.cseq);
      if (isOld) assert.deepEqual(outcome.ok ? 200 : outcome.error.status, 500);
    });
  });

  it("grant all contacts of a request or change none, and never more than asked for (R-2, R-6)", () => {
    holds((_before, ask, outcome) => {
      if (ask.contacts === "all") return;
      const isTooBrief = ask.contacts.some(({ seconds }) => seconds === 30);
      if (isTooBrief) assert.ok(!outcome.ok, "one contact was too brief");
      if (!outcome.ok) return;
      const lastWord = new Map(ask.contacts.map((one) => [one.binding.contact.replace(":5060", ""), one]));
      for (const { seconds, binding } of lastWord.values()) {
        const found: Binding | undefined = outcome.value.find(
          (one) => one.contact === binding.contact && one.cseq === ask.cseq && one.callId === ask.callId,
        );
        assert.equal(found !== undefined, seconds > 0, binding.contact);
        if (found !== undefined) assert.equal(found.expiresAt, ask.at + Math.min(seconds, 3600) * 1000);
      }
    });
  });

  it("never hold one contact twice, save what one device registered at once (R-7)", () => {
    holds((_before, _ask, outcome) => {
      if (!outcome.ok) return;
      for (const [at, left] of outcome.value.entries()) {
        const twin: Binding | undefined = outcome.value.slice(at + 1).find((right) => isSameContact(left, right));
        if (twin !== undefined) assert.deepEqual([twin.callId, twin.cseq], [left.callId, left.cseq]);
      }
    });
  });

  it("answer a repeat as the first time (R-3)", () => {
    holds((_before, ask, outcome) => {
      if (!outcome.ok) return;
      const again = register(outcome.value, ask, LIMITS);
      assert.ok(again.ok);
      assert.deepEqual(new Set(again.value), new Set(outcome.value));
    });
  });

  it("leave what they were given as it was", () => {
    holds((before, ask) => {
      const copy = structuredClone(before);
      register(before, ask, LIMITS);
      assert.deepEqual(before, copy);
    });
  });
});
