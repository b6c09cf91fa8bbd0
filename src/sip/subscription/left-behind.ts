import { isSameAddress } from "#sip/message/uri";
import type { Flow } from "#sip/transport/flow";
import type { Subscription, SubscriptionRecord } from "./subscription.ts";

/** A device that is registered, as far as its subscriptions are concerned. */
export interface BoundDevice {
  readonly aor: string;
  /** Contact URI as written. */
  readonly contact: string;
  /** +sip.instance in lower case. */
  readonly instance: string | undefined;
  /** Where it was heard from. */
  readonly flow: Pick<Flow, "key" | "transport">;
}

/** One that this node can speak to. */
export interface RegisteredDevice extends BoundDevice {
  readonly flow: Flow;
}

/** Of an account's subscriptions, those of this device that still speak over an older flow (S-57, S-84). */
export function leftBehind(subscriptions: Iterable<Subscription>, device: BoundDevice): Subscription[] {
  return [...subscriptions].filter(({ record }) => isLeftBehind(record, device));
}

/**
 * The same instance, or where there is none the same Contact. Another transport is another way to the phone and no successor of this one;
 * behind a proxy (S-81) the flow is the proxy's and follows only its own SUBSCRIBEs.
 */
export function isLeftBehind({ watcher, dialog, flow }: SubscriptionRecord, device: BoundDevice): boolean {
  return (
    watcher.aor === device.aor &&
    flow.key !== device.flow.key &&
    flow.transport === device.flow.transport &&
    dialog.routeSet.length === 0 &&
    (watcher.device === device.instance || isSameAddress(dialog.remoteTarget, device.contact))
  );
}
