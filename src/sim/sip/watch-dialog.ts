import type { Random } from "#base/random";
import { headerOf, headersOf, type SipRequest, type SipResponse } from "#sip/message/message";
import { parseNameAddress, parseNameAddressList } from "#sip/message/name-addr";
import { NOTHING_SEEN, type WatchMemory } from "#sim/lamps/watch-rules";

/** What a test may look at: the dialog of a subscription and its newest numbers. */
export interface WatchView {
  readonly address: string;
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string | undefined;
  /** CSeq of the newest NOTIFY that was taken. */
  readonly cseq: number | undefined;
  /** Version of the newest document that was taken. */
  readonly version: number | undefined;
  /** NOTIFYs answered 200 in this dialog. */
  readonly notifies: number;
  readonly lastBody: string;
  readonly subscriptionState: string;
}

/** The subscriber's side of one dialog (RFC 6665 §4.1). */
export interface WatchDialog {
  readonly callId: string;
  readonly localTag: string;
  cseq: number;
  /** Has the SUBSCRIBE that made it got its 200? */
  isAnswered: boolean;
  remoteTag: string | undefined;
  remoteTarget: string;
  routeSet: readonly string[];
  notifyCseq: number | undefined;
  /** NOTIFYs that were taken. */
  notifies: number;
  lastBody: string;
  subscriptionState: string;
  memory: WatchMemory;
}

const CALL_ID_BITS = 96;
const TAG_BITS = 64;
const ROUTES_MAX = 20;

/** A dialog that is about to be asked for. */
export function newWatchDialog(random: Random, entity: string): WatchDialog {
  return {
    callId: random.token(CALL_ID_BITS),
    localTag: random.token(TAG_BITS),
    cseq: 0,
    isAnswered: false,
    remoteTag: undefined,
    remoteTarget: entity,
    routeSet: [],
    notifyCseq: undefined,
    notifies: 0,
    lastBody: "",
    subscriptionState: "",
    memory: NOTHING_SEEN,
  };
}

/** Takes what a 200 to SUBSCRIBE tells of the other side. */
export function acceptAnswer(dialog: WatchDialog, response: SipResponse): void {
  const to = parseNameAddress(headerOf(response, "to") ?? "");
  if (!dialog.isAnswered) dialog.routeSet = routesOf(response);
  dialog.isAnswered = true;
  dialog.remoteTag ??= to.ok ? to.value.parameters.get("tag") : undefined;
  dialog.remoteTarget = contactUri(headersOf(response, "contact")) ?? dialog.remoteTarget;
}

/** Takes what a NOTIFY tells of the other side. */
export function noteNotify(dialog: WatchDialog, request: SipRequest): void {
  dialog.notifyCseq = request.cseq.number;
  dialog.remoteTag ??= request.from.tag;
  dialog.remoteTarget = contactUri(headersOf(request, "contact")) ?? dialog.remoteTarget;
  dialog.notifies += 1;
  dialog.lastBody = request.body;
  dialog.subscriptionState = headerOf(request, "subscription-state") ?? "";
}

/** The dialog as others may look at it. */
export function viewOf(address: string, dialog: WatchDialog): WatchView {
  const { callId, localTag, remoteTag, notifyCseq, memory, notifies, lastBody, subscriptionState } = dialog;
  return {
    address,
    callId,
    localTag,
    remoteTag,
    cseq: notifyCseq,
    version: memory.version,
    notifies,
    lastBody,
    subscriptionState,
  };
}

function contactUri(values: readonly string[]): string | undefined {
  const contacts = parseNameAddressList(values[0] ?? "", 1);
  return contacts.ok ? contacts.value[0]?.uri : undefined;
}

/** The route set of the side that asked: Record-Route in reverse order (RFC 3261 §12.1.2). */
function routesOf(response: SipResponse): readonly string[] {
  const routes = headersOf(response, "record-route").flatMap((text) => {
    const parsed = parseNameAddressList(text, ROUTES_MAX);
    return parsed.ok ? parsed.value.map(({ uri }) => `<${uri}>`) : [];
  });
  return routes.slice(0, ROUTES_MAX).reverse();
}
