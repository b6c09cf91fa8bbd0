import { isSameAddress } from "#sip/message/uri";
import type { Flow } from "#sip/transport/flow";
import type { Subscription } from "./subscription.ts";

/** A device that has just registered, as far as its subscriptions are concerned. */
export interface RegisteredDevice {
  readonly aor: string;
  /** Contact URI as written. */
  readonly contact: string;
  /** +sip.instance in lower case. */
  readonly instance: string | undefined;
  /** Where it was heard from. */
  readonly flow: Flow;
}

/**
 * Of an account's subscriptions, those of this device that still speak over an older flow (S-57, S-84): the same instance, or where there is
 * none the same Contact. Another transport is another way to the phone and no successor of this one; behind a proxy (S-81) the flow is the
 * proxy's and follows only its own SUBSCRIBEs.
 */
export function leftBehind(subscriptions: Iterable<Subscription>, device: RegisteredDevice): Subscription[] {
  const key = device.flow.key;
  return [...subscriptions].filter(
    ({ record }) =>
      record.flow.key !== key &&
      record.flow.transport === device.flow.transport &&
      record.dialog.routeSet.length === 0 &&
      (record.watcher.device === device.instance || isSameAddress(record.dialog.remoteTarget, device.contact)),
  );
}
