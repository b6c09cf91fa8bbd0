import type { LampView } from "#domain/lamp/lamp-view";
import { fromWire } from "#sip/message/wire-text";
import type { LampRunner } from "../lamp-runner.ts";
import type { SiteRunner } from "../site-runner.ts";
import type { ResourceKind } from "./resource-kind.ts";

/** Key of a lamp among the notifier's resources. */
export function resourceOf(lamp: Pick<LampView, "extension" | "context">): string {
  return `${lamp.extension}\n${lamp.context}`;
}

/** Lamps: hints visible from the account's context; a trusted source without account may watch any hint of the site (design §9.10, §9.14). */
export function lampResources(site: SiteRunner, lamps: LampRunner): ResourceKind {
  const visibleTo = (account: string, extension: string): string | undefined => {
    const context = site.account(account)?.subscribeContext;
    const hint = context === undefined ? undefined : site.hints.find(context, extension);
    return hint === undefined ? undefined : resourceOf(hint);
  };
  return {
    find(user, sender) {
      const extension = fromWire(user);
      if (sender.type === "account") return visibleTo(sender.name, extension);
      const hint = site.hints.everywhere(extension)[0];
      return hint === undefined ? undefined : resourceOf(hint);
    },
    mayWatch(id, sender) {
      const [extension = ""] = id.split("\n");
      return sender.type === "trusted" || visibleTo(sender.name, extension) === id;
    },
    state(id) {
      const [extension = "", context = ""] = id.split("\n");
      const known = lamps.board.lamp(extension, context);
      if (known !== undefined) return known;
      const hint = site.hints.in(context, extension);
      return hint === undefined ? undefined : lamps.lamp(hint);
    },
  };
}
