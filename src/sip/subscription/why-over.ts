import type { ResourceDirectory, Sender } from "./ports.ts";
import type { EndReason, Subscription, WatcherIdentity } from "./subscription.ts";

/** Why a subscription cannot go on as things are now: its resource is gone, or its watcher may not see it any more. undefined: it can. */
export function whyOver(
  { record: { resource, watcher } }: Subscription,
  directory: Pick<ResourceDirectory, "mayWatch" | "state">,
): EndReason | undefined {
  if (directory.state(resource) === undefined) return "noresource";
  return directory.mayWatch(resource, senderOf(watcher)) ? undefined : "rejected";
}

/** Who asked for a subscription. */
export function senderOf({ aor, trusted }: WatcherIdentity): Sender {
  return trusted ? { type: "trusted" } : { type: "account", name: aor };
}
