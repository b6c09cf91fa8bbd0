import type { LampView } from "#domain/lamp/lamp-view";
import type { ResourceDirectory } from "#sip/subscription/ports";
import { fromWire } from "#sip/message/wire-text";
import type { LampRunner } from "./lamp-runner.ts";
import type { SiteRunner } from "./site-runner.ts";

/** Key of a lamp among the notifier's resources. */
export function resourceOf(lamp: Pick<LampView, "extension" | "context">): string {
  return `${lamp.extension}\n${lamp.context}`;
}

/** Which lamps a sender may watch: hints visible from its account's context; a trusted source without account, any hint of the site (design §9.10, §9.14). */
export function lampDirectory(site: SiteRunner, lamps: LampRunner, isOurHost: (host: string) => boolean): ResourceDirectory {
  const visibleTo = (account: string, extension: string): string | undefined => {
    const context = site.account(account)?.subscribeContext;
    const hint = context === undefined ? undefined : site.hints.find(context, extension);
    return hint === undefined ? undefined : resourceOf(hint);
  };
  return {
    isOurHost,
    find(_packageName, user, sender) {
      const extension = fromWire(user);
      if (sender.type === "trusted") {
        const hint = site.hints.everywhere(extension)[0];
        return hint === undefined ? undefined : resourceOf(hint);
      }
      return visibleTo(sender.name, extension);
    },
    mayWatch(resource, sender) {
      const [extension = ""] = resource.split("\n");
      return sender.type === "trusted" || visibleTo(sender.name, extension) === resource;
    },
    state(resource) {
      const [extension = "", context = ""] = resource.split("\n");
      const known = lamps.board.lamp(extension, context);
      if (known !== undefined) return known;
      const hint = site.hints.in(context, extension);
      return hint === undefined ? undefined : lamps.lamp(hint);
    },
  };
}
