import type { Binding } from "#sip/registrar/binding";
import type { ContactAsk, RegisterAsk } from "#sip/registrar/registrar-rules";
import { flowFrom, recordOf } from "#test/unit/sip/auth/asking";

export const NOW = 1_700_000_000_000;

/** A binding as an earlier REGISTER left it. */
export function aBinding(parts: Partial<Binding> = {}): Binding {
  return {
    ...aContact(parts.contact ?? "sip:5001@192.0.2.5:5060", 1).binding,
    expiresAt: NOW + 3_600_000,
    callId: "old",
    cseq: 1,
    registeredAt: NOW,
    ...parts,
  };
}

export function aContact(contact: string, seconds = 3600, parts: Partial<Binding> = {}): ContactAsk {
  return { seconds, binding: { contact, flow: recordOf(flowFrom("192.0.2.5")), path: [], userAgent: "", ...parts } };
}

export function anAsk(contacts: RegisterAsk["contacts"], parts: Partial<RegisterAsk> = {}): RegisterAsk {
  return { contacts, callId: "new", cseq: 1, at: NOW, ...parts };
}
