import assert from "node:assert/strict";
import type { Binding } from "#sip/registrar/binding";
import { DEFAULT_REGISTRAR_LIMITS, register, type RegisterAsk } from "#sip/registrar/registrar-rules";
import { flowFrom, recordOf } from "#test/unit/sip/auth/asking";
import { aBinding, aContact, anAsk, NOW } from "./a-binding.ts";

const A = "sip:5001@192.0.2.5:5060";
const B = "sip:5001@192.0.2.6:5060";

function run(bindings: readonly Binding[], ask: RegisterAsk): readonly Binding[] {
  const outcome = register(bindings, ask, DEFAULT_REGISTRAR_LIMITS);
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.value;
}

function refusal(bindings: readonly Binding[], ask: RegisterAsk): number {
  const outcome = register(bindings, ask, DEFAULT_REGISTRAR_LIMITS);
  assert.ok(!outcome.ok, "was accepted");
  return outcome.error.status;
}

function contactsOf(bindings: readonly Binding[]): string[] {
  return bindings.map(({ contact }) => contact);
}

describe("registrar rules", () => {
  it("adds a contact with the time asked for (R-6)", () => {
    const [binding] = run([], anAsk([aContact(A, 120)]));
    assert.deepEqual([binding?.expiresAt, binding?.callId], [NOW + 120_000, "new"]);
  });

  it("lowers a long time silently and refuses a short one with Min-Expires (R-6)", () => {
    assert.equal(run([], anAsk([aContact(A, 4_000_000_000)]))[0]?.expiresAt, NOW + 3_600_000);
    assert.equal(run([], anAsk([aContact(A, 60)])).length, 1);
    const outcome = register([], anAsk([aContact(A, 59)]), DEFAULT_REGISTRAR_LIMITS);
    assert.deepEqual(outcome.ok ? undefined : outcome.error, { status: 423, headers: [["Min-Expires", "60"]] });
  });

  it("changes all contacts or none (R-2)", () => {
    assert.equal(refusal([aBinding()], anAsk([aContact(B, 3600), aContact(A, 5)])), 423);
  });

  it("refreshes a contact whatever the form it is written in (R-7)", () => {
    const after = run([aBinding({ contact: "sip:5001@HOST" })], anAsk([aContact("sip:5001@host:5060;ob")]));
    assert.deepEqual(contactsOf(after), ["sip:5001@host:5060;ob"]);
  });

  it("removes a contact with 0, one that is not there too", () => {
    assert.deepEqual(run([aBinding()], anAsk([aContact(A, 0)])), []);
    const before = [aBinding()];
    assert.equal(run(before, anAsk([aContact(B, 0)])), before, "nothing happened");
  });

  it("removes everything with * (R-4)", () => {
    assert.deepEqual(run([aBinding(), aBinding({ contact: B })], anAsk("all")), []);
    const none: Binding[] = [];
    assert.equal(run(none, anAsk("all")), none);
  });

  it("drops what has expired on the way", () => {
    assert.deepEqual(contactsOf(run([aBinding({ contact: B, expiresAt: NOW })], anAsk([aContact(A)]))), [A]);
  });

  it("refuses a lower CSeq of the same Call-ID, for every kind of request (R-3)", () => {
    const known = [aBinding({ callId: "new", cseq: 5 })];
    for (const contacts of [[aContact(A)], [aContact(B)], [aContact(A, 0)], "all"] as const) {
      assert.equal(refusal(known, anAsk(contacts, { cseq: 4 })), 500);
    }
    assert.equal(run(known, anAsk([aContact(A)], { cseq: 6 })).length, 1);
  });

  it("takes an equal CSeq for a repeat only when the content is the same (R-3)", () => {
    const known = [aBinding({ callId: "new", cseq: 5 })];
    assert.equal(run(known, anAsk([aContact(A)], { cseq: 5 })).length, 1);
    assert.equal(refusal(known, anAsk([aContact(B)], { cseq: 5 })), 500);
    assert.equal(refusal(known, anAsk([aContact(A), aContact(B)], { cseq: 5 })), 500);
    assert.equal(refusal(known, anAsk([aContact(A, 0)], { cseq: 5 })), 500);
    const ofOne = [aBinding({ callId: "new", cseq: 5, instance: "<urn:uuid:1>" })];
    assert.equal(refusal(ofOne, anAsk([aContact(A, 3600, { instance: "<urn:uuid:2>" })], { cseq: 5 })), 500);
    assert.equal(run(known, anAsk([aContact(B), aContact(B, 0), aContact(A)], { cseq: 5 })).length, 1);
    assert.equal(refusal(known, anAsk("all", { cseq: 5 })), 500);
  });

  it("takes any CSeq of another Call-ID: the phone rebooted (R-3)", () => {
    const [binding] = run([aBinding({ cseq: 5000 })], anAsk([aContact(A)]));
    assert.equal(binding?.cseq, 1);
  });

  it("lets the last word count when one request names a contact twice", () => {
    assert.deepEqual(run([], anAsk([aContact(A), aContact(A, 0)])), []);
    assert.equal(run([], anAsk([aContact(A, 0), aContact(A)])).length, 1);
  });

  it("replaces the contact of the same instance, but not another reg-id of it (R-7, R-8)", () => {
    const instance = "<urn:uuid:1>";
    const known = [aBinding({ contact: B, instance, regId: "1" })];
    assert.deepEqual(contactsOf(run(known, anAsk([aContact(A, 3600, { instance, regId: "1" })]))), [A]);
    assert.deepEqual(contactsOf(run(known, anAsk([aContact(A, 3600, { instance, regId: "2" })]))), [B, A]);
  });

  it("keeps devices apart that write the same private address but are two instances", () => {
    const known = [aBinding({ instance: "<urn:uuid:1>" })];
    assert.equal(run(known, anAsk([aContact(A, 3600, { instance: "<urn:uuid:2>" })])).length, 2);
  });

  it("lets a device register two contacts of its own at once", () => {
    const instance = "<urn:uuid:1>";
    assert.equal(run([], anAsk([aContact(A, 3600, { instance }), aContact(B, 3600, { instance })])).length, 2);
    assert.equal(run([], anAsk([aContact(A, 3600, { userAgent: "X" }), aContact(B, 3600, { userAgent: "X" })])).length, 2);
  });

  it("replaces the contact of the same software, flow and user part; another user part or source stays (R-8)", () => {
    const userAgent = "Polycom";
    assert.deepEqual(contactsOf(run([aBinding({ contact: B, userAgent })], anAsk([aContact(A, 3600, { userAgent })]))), [A]);
    assert.equal(run([aBinding({ contact: "sip:x@192.0.2.6", userAgent })], anAsk([aContact(A, 3600, { userAgent })])).length, 2);
    const flow = recordOf(flowFrom("192.0.2.5", 5071));
    assert.equal(run([aBinding({ contact: B, userAgent, flow })], anAsk([aContact(A, 3600, { userAgent })])).length, 2);
  });

  it("lets the oldest go beyond ten, never one of the request (R-8)", () => {
    const known = Array.from({ length: 10 }, (_, at) => aBinding({ contact: `sip:${at}@h`, registeredAt: NOW - at }));
    const after = contactsOf(run(known, anAsk([aContact(A), aContact(B)])));
    assert.equal(after.length, 10);
    assert.ok(after.includes(A) && after.includes(B));
    assert.ok(!after.includes("sip:9@h") && !after.includes("sip:8@h"));
  });

  it("takes ten contacts in one request and refuses eleven (R-8)", () => {
    const contacts = (count: number): RegisterAsk => anAsk(Array.from({ length: count }, (_, at) => aContact(`sip:${at}@h`)));
    assert.equal(run([], contacts(10)).length, 10);
    assert.equal(refusal([], contacts(11)), 403);
  });
});
