import type { RegistrationBoard } from "../registration-board.ts";
import type { SiteRunner } from "../site-runner.ts";
import { ownAccount } from "./own-account.ts";
import type { ResourceKind } from "./resource-kind.ts";

/** Registrations: an account may watch its own; a trusted source any (design §9.10). */
export function registrationResources(site: SiteRunner, registrations: RegistrationBoard): ResourceKind {
  return {
    ...ownAccount(site),
    state: (id) => (site.account(id) === undefined ? undefined : registrations.view(id)),
  };
}
