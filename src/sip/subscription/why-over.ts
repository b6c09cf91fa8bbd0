import type { ResourceDirectory } from "./ports.ts";
import type { EndReason, Subscription } from "./subscription.ts";

/** Why a subscription cannot go on as things are now: its resource is gone, or its watcher may not see it any more. undefined: it can. */
export function whyOver(
  { record: { resource, watcher } }: Subscription,
  directory: Pick<ResourceDirectory, "mayWatch" | "state">,
): EndReason | undefined {
  if (directory.state(resource) === undefined) return "noresource";
  const sender = watcher.trusted ? ({ type: "trusted" } as const) : ({ type: "account", name: watcher.aor } as const);
  return directory.mayWatch(resource, sender) ? undefined : "rejected";
}
