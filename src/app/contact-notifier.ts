import { profileByUserAgent, profileNamed } from "#domain/lamp/phone-profiles";
import type { PhoneProfile } from "#domain/lamp/phone-profile";
import { fromWire, toWire } from "#sip/message/wire-text";
import type { Binding } from "#sip/registrar/binding";
import type { NotifyOutcome, UnsolicitedNotify, UnsolicitedNotifier } from "#sip/unsolicited/unsolicited-notifier";
import type { Credentials } from "./credentials.ts";
import type { SiteRunner } from "./site-runner.ts";

/** What is said to a contact, as its family of phones wants to hear it. */
export type Saying = (profile: PhoneProfile, aor: string) => Pick<UnsolicitedNotify, "event" | "subscriptionState" | "body">;

export interface ContactNotifierParts {
  readonly site: SiteRunner;
  readonly credentials: Credentials;
  readonly notifier: UnsolicitedNotifier;
  /** Host of our addresses of record. */
  readonly domain: () => string;
}

/** Says something to the registered contacts of accounts. */
export class ContactNotifier {
  readonly #parts: ContactNotifierParts;

  constructor(parts: ContactNotifierParts) {
    this.#parts = parts;
  }

  /** Resolves with what became of it. */
  async say(account: string, binding: Binding, saying: Saying): Promise<NotifyOutcome & { readonly event: string }> {
    const { credentials, notifier, domain } = this.#parts;
    const aor = `sip:${escapedUser(toWire(account))}@${domain()}`;
    const said = saying(this.profileOf(account, binding), aor);
    const secret = credentials.of(account)?.secret;
    const outcome = await notifier.send({
      contact: binding.contact,
      flow: binding.flow,
      path: binding.path,
      aor,
      ...said,
      credentials: secret === undefined ? undefined : { user: toWire(account), password: toWire(secret) },
    });
    return { ...outcome, event: said.event };
  }

  /** How the phone behind a contact is told things. */
  profileOf(account: string, { userAgent }: Binding): PhoneProfile {
    const chosen = this.#parts.site.profileOf(account);
    return chosen === undefined ? profileByUserAgent(fromWire(userAgent)) : profileNamed(chosen);
  }
}

/** What a user part may not hold is written as percent escapes (RFC 3261 §25.1). */
function escapedUser(user: string): string {
  return user.replace(/[^A-Za-z0-9\-_.!~*'()&=+$,;?/]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
