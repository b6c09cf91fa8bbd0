import type { WheelTimer } from "#base/timer-wheel";
import type { Dialog } from "#sip/dialog/dialog";
import type { Flow, FlowRecord } from "#sip/transport/flow";
import type { Delivery } from "./delivery-table.ts";
import type { MemberVersions } from "./list.ts";
import type { EventPackage } from "./package.ts";

/** What is stored of a subscription (S-90): everything to go on with the same dialog after a restart. Plain JSON. */
export interface SubscriptionRecord {
  /** Random, unique, names the subscription: our To tag in the dialog that it made; another one where it joined a dialog (S-59). */
  readonly id: string;
  /** The node that speaks in this dialog. */
  readonly node: string;
  readonly dialog: Dialog;
  readonly flow: FlowRecord;
  readonly package: string;
  /** Event as NOTIFY echoes it: package and id only. */
  readonly event: string;
  readonly contentType: string;
  readonly profile: string;
  /** A list (RFC 4662): `contentType` is that of its members' documents. */
  readonly list?: true;
  /** Key of what is watched, made by the ResourceDirectory. */
  readonly resource: string;
  /** The resource's URI as this watcher wrote it, without parameters. */
  readonly entity: string;
  readonly watcher: WatcherIdentity;
  readonly userAgent: string;
  /** Epoch ms. */
  readonly expiresAt: number;
  readonly remoteCSeq: number;
  /** Numbers below these marks may have been used; a restart goes on from the marks (S-71, S-72). */
  readonly cseqMark: number;
  readonly versionMark: number;
  /** There are, or were, more usages in the same dialog (S-59). */
  readonly isShared?: boolean;
}

/** Who watches. */
export interface WatcherIdentity {
  /** The account that authenticated, or the From URI of a trusted source. */
  readonly aor: string;
  readonly trusted: boolean;
  /** What tells one device of the account from another: +sip.instance, else flow and contact (design §9.7). */
  readonly device: string;
}

/** A live subscription on its node. One flat object: there are tens of thousands (design §5). */
export interface Subscription {
  record: SubscriptionRecord;
  readonly package: EventPackage<unknown>;
  flow: Flow | undefined;
  /** What it has in common with the other usages of its dialog; mostly it is alone there. */
  readonly share: DialogShare;
  /** CSeq of its newest NOTIFY. */
  sentCSeq: number;
  /** Next version of its documents. */
  version: number;
  /** Of a list: the versions of its members' documents. */
  readonly members: MemberVersions | undefined;
  delivery: Delivery;
  /** The state that the watcher shows; undefined = unknown, the next document is a full one. */
  shown: unknown;
  /** What the NOTIFY in flight carries. */
  sending: unknown;
  /** Prepared text of NOTIFYs; undefined until the first one and after a target refresh. */
  head: NotifyHead | undefined;
  expiryTimer: WheelTimer | undefined;
  deliveryTimer: WheelTimer | undefined;
  /** Versions below this are reserved in the store; the record's marks are those on their way there. */
  versionReady: number;
  /** A reservation of numbers is on its way to the store. */
  reserving: boolean;
  /** What waits for it. */
  whenReserved: (() => void) | undefined;
  /** Reason of the last NOTIFY (presence.md §1.6). */
  endReason: EndReason;
  /** The older subscription of the same device, removed when the first NOTIFY of this one is acknowledged (S-29). */
  replaces: Subscription | undefined;
  /** Epoch ms, 0 = never. */
  sentAt: number;
  ackedAt: number;
  /** When the oldest change that is not yet on the wire came up; 0 = none. For the delay figures. */
  dirtySince: number;
}

/** What the usages of one dialog share (S-59): one CSeq space for NOTIFYs, one queue for SUBSCRIBEs. */
export interface DialogShare {
  /** Next CSeq of a NOTIFY. */
  cseq: number;
  /** Numbers below this are reserved in the store, in the record of every usage. */
  cseqReady: number;
  /** A SUBSCRIBE of this dialog that is being handled; the next one waits for it (S-76). */
  turn: Promise<void> | undefined;
}

/** Why a subscription ends, as its last NOTIFY says (RFC 6665 §4.1.3). */
export type EndReason = "timeout" | "deactivated" | `deactivated;retry-after=${number}` | "noresource" | "rejected";

/** A NOTIFY without its changing parts: branch | CSeq number | Subscription-State and the rest (C-6). */
export interface NotifyHead {
  readonly toBranch: string;
  readonly toCSeq: string;
  readonly toState: string;
  /** The resource's URI and the watcher's, XML-escaped, for the holes of bodies. */
  readonly entity: string;
  readonly watcher: string;
  /** The resource's URI as it is. */
  readonly entityText: string;
  /** Its host as URIs write it. */
  readonly host: string;
  /** The watcher's URI that it is addressed to: not that of the record after a redirection. */
  readonly target: string;
}
