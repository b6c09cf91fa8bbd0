import type { Clock } from "#base/clock";
import { registrationAfter, type RegisteredContact, type RegistrationView } from "#domain/registration/registration";
import { fromWire } from "#sip/message/wire-text";
import type { Binding } from "#sip/registrar/binding";
import type { BindingRunner } from "./binding-runner.ts";

/** What is told of how long a contact has left is not older than this. */
const FRESH_MS = 1000;

/** Registrations as they are watched: what happened to each contact last. */
export class RegistrationBoard {
  readonly #bindings: BindingRunner;
  readonly #clock: Clock;
  readonly #views = new Map<string, RegistrationView>();

  constructor(bindings: BindingRunner, clock: Clock) {
    this.#bindings = bindings;
    this.#clock = clock;
  }

  /** The bindings of an account changed. */
  changed(account: string): void {
    const before = this.#views.get(account);
    const view = registrationAfter(before, this.#contacts(account), this.#clock.now());
    // Who never registered, or is gone and told of, is not kept.
    if (view.contacts.length === 0) this.#views.delete(account);
    else this.#views.set(account, view);
  }

  /** The registration of an account as it is now. */
  view(account: string): RegistrationView {
    const now = this.#clock.now();
    const known = this.#views.get(account) ?? registrationAfter(undefined, this.#contacts(account), now);
    const fresh = now - known.at > FRESH_MS ? { ...known, at: now } : known;
    this.#views.set(account, fresh);
    return fresh;
  }

  #contacts(account: string): readonly RegisteredContact[] {
    return this.#bindings.live(account).map(contactOf);
  }
}

function contactOf(binding: Binding): RegisteredContact {
  const { contact, instance, regId, registeredAt, expiresAt, callId, cseq, userAgent, q } = binding;
  return {
    key: instance === undefined ? contact : `${instance} ${regId ?? ""}`,
    uri: fromWire(contact),
    registeredAt,
    expiresAt,
    callId,
    cseq,
    userAgent,
    ...(q === undefined ? {} : { q }),
  };
}
