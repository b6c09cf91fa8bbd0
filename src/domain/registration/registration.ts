/** A contact of an account as its registration tells it (RFC 3680 §5.3). Times are epoch milliseconds. */
export interface RegisteredContact {
  /** What tells one contact from another. */
  readonly key: string;
  readonly uri: string;
  readonly registeredAt: number;
  readonly expiresAt: number;
  readonly callId: string;
  readonly cseq: number;
  readonly userAgent: string;
  readonly q?: string;
}

/** Why a contact is as it is. */
export type ContactEvent = "registered" | "refreshed" | "shortened" | "expired" | "unregistered";

/** A contact with what happened to it last. One that is over is told once, and gone at the next change. */
export interface ContactView extends RegisteredContact {
  readonly state: "active" | "terminated";
  readonly event: ContactEvent;
}

/** The registration of an account. */
export interface RegistrationView {
  readonly contacts: readonly ContactView[];
  /** When it was looked at: what is left of each contact counts from here. */
  readonly at: number;
}

/** How much sooner a contact may end than its timer is looked at, ms. */
const EXPIRY_SLACK_MS = 1500;

/** The registration after its contacts became `contacts`; the same object when nothing did. */
export function registrationAfter(
  before: RegistrationView | undefined,
  contacts: readonly RegisteredContact[],
  at: number,
): RegistrationView {
  const known = new Map((before?.contacts ?? []).filter(({ state }) => state === "active").map((one) => [one.key, one]));
  const active = contacts.map((contact): ContactView => {
    const old = known.get(contact.key);
    known.delete(contact.key);
    return { ...contact, state: "active", event: eventOf(old, contact) };
  });
  const over = [...known.values()].map((old): ContactView => {
    const isExpired = old.expiresAt <= at + EXPIRY_SLACK_MS;
    return { ...old, state: "terminated", event: isExpired ? "expired" : "unregistered" };
  });
  const all = [...active, ...over];
  return before !== undefined && sameContacts(before.contacts, all) ? before : { contacts: all, at };
}

function eventOf(old: ContactView | undefined, contact: RegisteredContact): ContactEvent {
  if (old === undefined) return "registered";
  if (old.expiresAt === contact.expiresAt && old.registeredAt === contact.registeredAt) return old.event;
  return contact.expiresAt < old.expiresAt ? "shortened" : "refreshed";
}

/** Do both tell the same, whenever they were looked at? */
export function sameContacts(left: readonly ContactView[], right: readonly ContactView[]): boolean {
  return (
    left.length === right.length &&
    left.every((one, place) => {
      const other = right[place];
      return (
        one.key === other?.key &&
        one.uri === other.uri &&
        one.state === other.state &&
        one.event === other.event &&
        one.expiresAt === other.expiresAt &&
        one.registeredAt === other.registeredAt
      );
    })
  );
}
