import { fail, ok, type Result } from "#base/result";
import { sameUri, parseUri } from "#sip/message/uri";
import type { Answer } from "#sip/transaction/user";
import { liveBindings, type Binding } from "./binding.ts";

/** Expiry and limits. */
export interface RegistrarLimits {
  readonly expiryMinSeconds: number;
  readonly expiryMaxSeconds: number;
  readonly expiryDefaultSeconds: number;
  readonly bindingsPerAor: number;
  readonly pathsMax: number;
}

export const DEFAULT_REGISTRAR_LIMITS: RegistrarLimits = {
  expiryMinSeconds: 60,
  expiryMaxSeconds: 3600,
  expiryDefaultSeconds: 3600,
  bindingsPerAor: 10,
  pathsMax: 10,
};

/** What a REGISTER asks for. `contacts` "all": Contact: * with Expires 0. */
export interface RegisterAsk {
  readonly contacts: readonly ContactAsk[] | "all";
  readonly callId: string;
  readonly cseq: number;
  readonly at: number;
}

/** One Contact: its binding as it would be, and the seconds asked for (0 = remove). */
export interface ContactAsk {
  readonly seconds: number;
  readonly binding: Omit<Binding, "expiresAt" | "callId" | "cseq" | "registeredAt">;
}

/**
 * The bindings after a REGISTER, or the refusal; all or nothing. Pure. `bindings` may hold expired ones. An equal list back means
 * that nothing changed.
 */
export function register(bindings: readonly Binding[], ask: RegisterAsk, limits: RegistrarLimits): Result<readonly Binding[], Answer> {
  const live = liveBindings(bindings, ask.at);
  if (ask.contacts === "all") return live.some((binding) => isOutOfOrder(binding, ask)) ? refuse(500, "CSeq out of order") : ok([]);
  let next = live;
  for (const contact of ask.contacts) {
    const changed = apply(next, contact, ask, limits);
    if (!changed.ok) return changed;
    next = changed.value;
  }
  if (next.length <= limits.bindingsPerAor) return ok(next);
  // The oldest go, never one of this request.
  const mine = next.filter((binding) => binding.callId === ask.callId && binding.cseq === ask.cseq);
  if (mine.length > limits.bindingsPerAor) return refuse(403, "Too many contacts");
  const others = next.filter((binding) => !mine.includes(binding)).sort((a, b) => b.registeredAt - a.registeredAt);
  return ok([...mine, ...others.slice(0, limits.bindingsPerAor - mine.length)]);
}

function apply(bindings: readonly Binding[], contact: ContactAsk, ask: RegisterAsk, limits: RegistrarLimits): Result<readonly Binding[], Answer> {
  const { seconds } = contact;
  if (seconds > 0 && seconds < limits.expiryMinSeconds) return fail({ status: 423, headers: [["Min-Expires", String(limits.expiryMinSeconds)]] });
  const same = bindings.filter((binding) => isSameContact(binding, contact.binding));
  if (same.some((binding) => isOutOfOrder(binding, ask))) return refuse(500, "CSeq out of order");
  const replaced = new Set([...same, ...bindings.filter((binding) => isSameDevice(binding, contact.binding))]);
  const others = bindings.filter((binding) => !replaced.has(binding));
  if (seconds === 0) return ok(bindings.filter((binding) => !same.includes(binding)));
  const granted = Math.min(seconds, limits.expiryMaxSeconds);
  const binding: Binding = { ...contact.binding, expiresAt: ask.at + granted * 1000, callId: ask.callId, cseq: ask.cseq, registeredAt: ask.at };
  return ok([...others, binding]);
}

/** Same Call-ID: CSeq must be higher; a repeat on a lost transaction has the same. */
function isOutOfOrder(binding: Binding, ask: RegisterAsk): boolean {
  return binding.callId === ask.callId && ask.cseq < binding.cseq;
}

/** By instance and reg-id when both have them, else by URI rules. */
function isSameContact(binding: Binding, contact: ContactAsk["binding"]): boolean {
  if (binding.instance !== undefined && contact.instance !== undefined) return binding.instance === contact.instance && binding.regId === contact.regId;
  if (binding.contact === contact.contact) return true;
  const [left, right] = [parseUri(binding.contact), parseUri(contact.contact)];
  return left.ok && right.ok && sameUri(left.value, right.value);
}

/** A rebooted phone on another port: same software, source and user part, neither tells an instance. */
function isSameDevice(binding: Binding, contact: ContactAsk["binding"]): boolean {
  if (binding.instance !== undefined || contact.instance !== undefined || contact.userAgent === "") return false;
  const isSameFlow = binding.flow.host === contact.flow.host && binding.flow.port === contact.flow.port;
  return binding.userAgent === contact.userAgent && isSameFlow && userOf(binding.contact) === userOf(contact.contact);
}

function userOf(contact: string): string | undefined {
  const uri = parseUri(contact);
  return uri.ok ? uri.value.user : undefined;
}

function refuse(status: number, reason: string): Result<never, Answer> {
  return fail({ status, reason });
}
