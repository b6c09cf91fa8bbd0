import { fail, ok, type Result } from "#base/result";
import { isSameAddress } from "#sip/message/uri";
import type { Answer } from "#sip/transaction/user";
import { liveBindings, type Binding } from "./binding.ts";
import { isSameContact, isSameDevice } from "./same-contact.ts";

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
  /** When it came, epoch ms. */
  readonly at: number;
}

/** One Contact: its binding as it would be, and the seconds asked for (0 = remove). */
export interface ContactAsk {
  readonly seconds: number;
  readonly binding: Omit<Binding, "expiresAt" | "callId" | "cseq" | "registeredAt">;
}

/** Bindings on their way: of earlier requests, and of this one. */
interface Draft {
  readonly earlier: readonly Binding[];
  readonly mine: readonly Binding[];
}

/**
 * The live bindings after a REGISTER, or the refusal; all or nothing. Pure. `bindings` may hold expired ones. The very same list back
 * means that nothing changed.
 */
export function register(
  bindings: readonly Binding[],
  ask: RegisterAsk,
  limits: RegistrarLimits,
): Result<readonly Binding[], Answer> {
  const live = liveBindings(bindings, ask.at);
  if (isOutOfOrder(live, ask, limits)) return refuse(500, "CSeq out of order");
  if (ask.contacts === "all") return ok(bindings.length === 0 ? bindings : []);
  if (ask.contacts.some(({ seconds }) => seconds > 0 && seconds < limits.expiryMinSeconds)) {
    return fail({ status: 423, headers: [["Min-Expires", String(limits.expiryMinSeconds)]] });
  }
  const draft = applyAll(live, ask.contacts, ask, limits);
  if (draft.mine.length > limits.bindingsPerAor) return refuse(403, "Too many contacts");
  const isSame = draft.mine.length === 0 && draft.earlier.length === bindings.length;
  return ok(isSame ? bindings : [...newest(draft.earlier, limits.bindingsPerAor - draft.mine.length), ...draft.mine]);
}

function applyAll(live: readonly Binding[], contacts: readonly ContactAsk[], ask: RegisterAsk, limits: RegistrarLimits): Draft {
  let draft: Draft = { earlier: live, mine: [] };
  for (const contact of contacts) draft = apply(draft, contact, ask, limits);
  return draft;
}

function apply({ earlier, mine }: Draft, { seconds, binding }: ContactAsk, ask: RegisterAsk, limits: RegistrarLimits): Draft {
  // Within one request only the address tells contacts apart: a device may register two of its own.
  const myOthers = mine.filter(({ contact }) => !isSameAddress(contact, binding.contact));
  const others = earlier.filter((one) => !isSameContact(one, binding));
  if (seconds === 0) return { earlier: others, mine: myOthers };
  const expiresAt = ask.at + Math.min(seconds, limits.expiryMaxSeconds) * 1000;
  const made: Binding = { ...binding, expiresAt, callId: ask.callId, cseq: ask.cseq, registeredAt: ask.at };
  return { earlier: others.filter((one) => !isSameDevice(one, binding)), mine: [...myOthers, made] };
}

/** The oldest go, never one of this request. */
function newest(bindings: readonly Binding[], count: number): readonly Binding[] {
  if (bindings.length <= count) return bindings;
  return [...bindings].sort((left, right) => right.registeredAt - left.registeredAt).slice(0, count);
}

/** With a Call-ID that is known CSeq must have risen, whichever of the AOR's bindings it made; a repeat has the same. */
function isOutOfOrder(live: readonly Binding[], ask: RegisterAsk, limits: RegistrarLimits): boolean {
  const sameCall = live.filter(({ callId }) => callId === ask.callId);
  if (sameCall.some(({ cseq }) => cseq > ask.cseq)) return true;
  const twins = sameCall.filter(({ cseq }) => cseq === ask.cseq);
  return twins.length > 0 && !isRepeat(twins, ask, limits);
}

/** Does it ask for just what these are? Then its transaction was forgotten before the phone heard the answer. */
function isRepeat(twins: readonly Binding[], ask: RegisterAsk, limits: RegistrarLimits): boolean {
  if (ask.contacts === "all") return false;
  const { mine } = applyAll([], ask.contacts, ask, limits);
  return (
    mine.length === twins.length &&
    mine.every((one) => twins.some((twin) => isSameAddress(twin.contact, one.contact) && isSameContact(twin, one)))
  );
}

function refuse(status: number, reason: string): Result<never, Answer> {
  return fail({ status, reason });
}
