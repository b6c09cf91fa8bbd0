import { fromWire } from "#sip/message/wire-text";
import type { RegistrationBoard } from "../registration-board.ts";
import type { SiteRunner } from "../site-runner.ts";
import type { ResourceKind } from "./resource-kind.ts";

/** Registrations: an account may watch its own; a trusted source any (design §9.10). */
export function registrationResources(site: SiteRunner, registrations: RegistrationBoard): ResourceKind {
  return {
    find(user, sender) {
      const name = fromWire(user);
      const isOwn = sender.type === "trusted" || sender.name === name;
      return isOwn && site.account(name) !== undefined ? name : undefined;
    },
    mayWatch: (id, sender) => sender.type === "trusted" || sender.name === id,
    state: (id) => (site.account(id) === undefined ? undefined : registrations.view(id)),
  };
}
