import { fromWire } from "#sip/message/wire-text";
import type { SiteRunner } from "../site-runner.ts";
import type { ResourceKind } from "./resource-kind.ts";

/** What belongs to an account and is named like it: the account watches its own, a trusted source that of any (design §9.10). */
export function ownAccount(site: Pick<SiteRunner, "account">): Pick<ResourceKind, "find" | "mayWatch"> {
  return {
    find(user, sender) {
      const name = fromWire(user);
      const isOwn = sender.type === "trusted" || sender.name === name;
      return isOwn && site.account(name) !== undefined ? name : undefined;
    },
    mayWatch: (id, sender) => sender.type === "trusted" || sender.name === id,
  };
}
