import { fromWire } from "#sip/message/wire-text";
import { boxesOf, mailboxNamed, type MailboxRunner } from "../mailbox-runner.ts";
import type { SiteRunner } from "../site-runner.ts";
import type { ResourceKind } from "./resource-kind.ts";

/** Mailboxes: an account may watch its own, under its name or theirs; a trusted source any (design §9.10). */
export function mailboxResources(site: SiteRunner, mailboxes: MailboxRunner): ResourceKind {
  const ownOf = (account: string): string | undefined => {
    const known = site.account(account);
    return known === undefined ? undefined : boxesOf(known);
  };
  const anybody = (user: string): string | undefined => {
    const mailbox = mailboxNamed(user);
    return ownOf(user) ?? (mailbox !== undefined && mailboxes.counts(mailbox) !== undefined ? mailbox : undefined);
  };
  return {
    find(user, sender) {
      const name = fromWire(user);
      if (sender.type === "trusted") return anybody(name);
      const own = ownOf(sender.name);
      if (own === undefined || name === sender.name) return own;
      return own.split(",").find((mailbox) => mailbox === mailboxNamed(name));
    },
    mayWatch(id, sender) {
      if (sender.type === "trusted") return true;
      const own = ownOf(sender.name);
      return own === id || own?.split(",").includes(id) === true;
    },
    state: (id) => mailboxes.counts(id),
  };
}
