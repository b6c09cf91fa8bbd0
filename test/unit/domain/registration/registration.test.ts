import assert from "node:assert/strict";
import { registrationAfter, type RegisteredContact, type RegistrationView } from "#domain/registration/registration";

const contact = (key: string, more: Partial<RegisteredContact> = {}): RegisteredContact => ({
  key,
  uri: `sip:${key}@h`,
  registeredAt: 0,
  expiresAt: 60_000,
  callId: "c",
  cseq: 1,
  userAgent: "",
  ...more,
});

const told = ({ contacts }: RegistrationView): string[] => contacts.map(({ key, state, event }) => `${key} ${state} ${event}`);

describe("registrations as they are watched (RFC 3680 §5.3)", () => {
  const first = registrationAfter(undefined, [contact("a")], 0);

  it("tell what happened to each contact", () => {
    assert.deepEqual(told(first), ["a active registered"]);
    const later = { registeredAt: 30_000, expiresAt: 90_000 };
    assert.deepEqual(told(registrationAfter(first, [contact("a", later)], 30_000)), ["a active refreshed"]);
    const sooner = { registeredAt: 1000, expiresAt: 30_000 };
    assert.deepEqual(told(registrationAfter(first, [contact("a", sooner)], 1000)), ["a active shortened"]);
    assert.deepEqual(told(registrationAfter(first, [contact("a"), contact("b")], 10)), [
      "a active registered",
      "b active registered",
    ]);
    assert.deepEqual(told(registrationAfter(first, [], 10)), ["a terminated unregistered"]);
    assert.deepEqual(told(registrationAfter(first, [], 60_000)), ["a terminated expired"]);
  });

  it("tell an end once, and a return as a new registration", () => {
    const over = registrationAfter(first, [], 10);
    assert.deepEqual(told(registrationAfter(over, [contact("b")], 20)), ["b active registered"]);
    assert.deepEqual(told(registrationAfter(over, [contact("a")], 20)), ["a active registered"]);
  });

  it("are the same object when nothing happened", () => {
    assert.equal(registrationAfter(first, [contact("a")], 500), first);
  });
});
