import { readFeatureCommand } from "#event-packages/as-feature-event/feature-command";
import type { FeatureState } from "#event-packages/as-feature-event/as-feature-event-package";
import { fromWire } from "#sip/message/wire-text";
import type { Answer } from "#sip/transaction/user";
import type { Features } from "#domain/feature/features";
import type { FeatureRunner } from "../feature-runner.ts";
import type { SiteRunner } from "../site-runner.ts";
import { ownAccount } from "./own-account.ts";
import type { ResourceKind } from "./resource-kind.ts";

const RETRY_AFTER_SECONDS = "1";

/** Do not disturb and forwards: an account may see and change its own; a trusted source those of any (design §9.10). */
export function featureResources(site: SiteRunner, features: FeatureRunner): ResourceKind {
  // By the features themselves, which are the same object as long as they are the same.
  const states = new WeakMap<Features, Map<string, FeatureState>>();
  const stateOf = (device: string): FeatureState => {
    const own = features.of(device);
    const known = states.get(own) ?? new Map<string, FeatureState>();
    states.set(own, known);
    const state = known.get(device) ?? { device, features: own };
    known.set(device, state);
    return state;
  };
  return {
    ...ownAccount(site),
    state: (id) => (site.account(id) === undefined ? undefined : stateOf(id)),
    async command(id, body): Promise<Answer | undefined> {
      const command = readFeatureCommand(fromWire(body));
      if (!command.ok) return { status: 400, reason: command.error.replace(/[^ -~]/g, "?").slice(0, 100) };
      const outcome = await features.command(id, command.value);
      if (outcome === "tooFast") return { status: 503, headers: [["Retry-After", RETRY_AFTER_SECONDS]] };
      return outcome === "noTarget" ? { status: 400, reason: "No number to forward to" } : undefined;
    },
  };
}
