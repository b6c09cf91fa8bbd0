import type { Flow } from "#sip/transport/flow";
import { LIST_BODY_MAX_BYTES, UDP_MAX_BYTES } from "./limits.ts";
import type { ListState } from "./list.ts";
import { notifyHead } from "./notify-text.ts";
import type { Telling } from "./package.ts";
import type { Subscription } from "./subscription.ts";

/** Branch, CSeq, Subscription-State, Content-Type and Content-Length of a NOTIFY with a list. */
const HEAD_REST_BYTES = 195;

/** What a watcher of a list is told next, in at most as many bytes as its flow carries (L-7, S-9). */
export function listTelling(
  subscription: Subscription,
  flow: Flow | undefined,
  state: unknown,
  kind: "change" | "full" | "fetch",
): Telling<unknown> | undefined {
  const { record } = subscription;
  const teller = subscription.package.list;
  if (teller === undefined) return undefined;
  const watcher = {
    profile: record.profile,
    contentType: record.contentType,
    entity: record.entity,
    target: record.dialog.remoteTarget,
    // A fetch is one NOTIFY, whatever it takes (S-54).
    room: kind === "fetch" || flow?.reliable === true ? LIST_BODY_MAX_BYTES : UDP_MAX_BYTES - headBytes(subscription, flow),
  };
  // One NOTIFY tells what is: there is no step on the way (D-6).
  const [before, now] = [(kind === "fetch" ? state : subscription.shown) as ListState | undefined, state as ListState];
  return kind === "change" && before !== undefined ? teller.change(before, now, watcher) : teller.full(before, now, watcher);
}

function headBytes(subscription: Subscription, flow: Flow | undefined): number {
  const head = flow === undefined ? undefined : (subscription.head ??= notifyHead(subscription.record, flow));
  return HEAD_REST_BYTES + (head === undefined ? 0 : head.toBranch.length + head.toCSeq.length + head.toState.length);
}
