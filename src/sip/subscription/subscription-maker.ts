import type { Clock } from "#base/clock";
import type { Random } from "#base/random";
import type { Dialog } from "#sip/dialog/dialog";
import { headerOf, type SipRequest } from "#sip/message/message";
import { parseNameAddressList } from "#sip/message/name-addr";
import type { ServerTransaction } from "#sip/transaction/user";
import type { Flow, FlowDirectory } from "#sip/transport/flow";
import { newDelivery } from "./delivery-table.ts";
import { CSEQ_END, FIRST_CSEQ_BELOW, MARK_BLOCK, type NotifierLimits } from "./limits.ts";
import { MemberVersions } from "./list.ts";
import { ownRecord } from "./own-record.ts";
import type { Sender } from "./ports.ts";
import type { PackageRegistry, SubscribeAsk } from "./subscribe-request.ts";
import type { DialogShare, Subscription, SubscriptionRecord } from "./subscription.ts";

export interface SubscriptionMakerParts {
  readonly node: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly flows: FlowDirectory;
  readonly packages: PackageRegistry;
  readonly limits: NotifierLimits;
}

type Numbers = Pick<Subscription, "share" | "version" | "versionReady">;

/** Makes subscriptions: new ones from a SUBSCRIBE, old ones from their records. Keeps none of them. */
export class SubscriptionMaker {
  readonly #parts: SubscriptionMakerParts;

  constructor(parts: SubscriptionMakerParts) {
    this.#parts = parts;
  }

  /** A subscription that was asked for; nothing is stored yet. */
  create(transaction: ServerTransaction, sender: Sender, ask: SubscribeAsk, dialog: Dialog): Subscription {
    const cseq = 1 + this.#parts.random.below(FIRST_CSEQ_BELOW - 1);
    const share = { cseq, cseqReady: cseq + MARK_BLOCK, turn: undefined };
    return this.#asked(transaction, sender, ask, { id: dialog.localTag, dialog, share });
  }

  /** One more usage of the dialog that `beside` is in (S-59); nothing is stored yet. */
  join(transaction: ServerTransaction, sender: Sender, ask: SubscribeAsk, beside: Subscription): Subscription {
    const { share, record } = beside;
    return this.#asked(transaction, sender, ask, { id: this.#parts.random.token(64), dialog: record.dialog, share });
  }

  #asked(
    { request, flow }: ServerTransaction,
    sender: Sender,
    ask: SubscribeAsk,
    { id, dialog, share }: { readonly id: string; readonly dialog: Dialog; readonly share: DialogShare },
  ): Subscription {
    const record: SubscriptionRecord = {
      id,
      node: this.#parts.node,
      dialog,
      flow: this.#parts.flows.record(flow),
      package: ask.package.name,
      event: ask.event,
      contentType: ask.contentType,
      ...(ask.isList ? { list: true as const } : {}),
      profile: ask.profile,
      // What it holds is nobody else's.
      resource: ask.package.holding === undefined ? ask.resource : `${ask.resource}\n${id}`,
      entity: ask.entity,
      watcher: {
        aor: sender.type === "account" ? sender.name : request.from.uri,
        trusted: sender.type === "trusted",
        device: deviceOf(request, flow, dialog.remoteTarget, sender.type === "trusted"),
      },
      userAgent: headerOf(request, "user-agent") ?? "",
      expiresAt: this.expiresAt(ask.expiresSeconds),
      remoteCSeq: request.cseq.number,
      cseqMark: share.cseqReady,
      versionMark: MARK_BLOCK,
    };
    return this.#live(ownRecord(record), ask.package, flow, { share, version: 0, versionReady: MARK_BLOCK });
  }

  /**
   * A subscription of an earlier run, on from its reserved numbers (S-71); undefined when it cannot go on. Its flow is looked for when it
   * speaks. `beside`: a usage of the same dialog that was revived before it.
   */
  revive(record: SubscriptionRecord, beside: Subscription | undefined): Subscription | undefined {
    const eventPackage = this.#parts.packages.get(record.package);
    if (eventPackage === undefined) return undefined;
    // Stream flows do not outlive the process that held them (S-92).
    if (record.flow.transport === "ws" || record.flow.transport === "wss") return undefined;
    // Not even a last NOTIFY has a number left (S-73).
    if (record.cseqMark >= CSEQ_END) return undefined;
    const { cseqMark: cseq, versionMark: version } = record;
    const share = beside?.share ?? { cseq, cseqReady: cseq, turn: undefined };
    share.cseq = Math.max(share.cseq, cseq);
    share.cseqReady = share.cseq;
    return this.#live(ownRecord(record), eventPackage, undefined, { share, version, versionReady: version });
  }

  /** Granted is never more than asked for (S-40) and a little less, so that a whole office drifts apart (S-44). Epoch ms. */
  expiresAt(expiresSeconds: number): number {
    const { limits, random, clock } = this.#parts;
    const spread = Math.floor(expiresSeconds * limits.expiryJitter);
    const less = spread > 0 ? random.below(spread + 1) : 0;
    return clock.now() + Math.max(Math.min(limits.expiryMinSeconds, expiresSeconds), expiresSeconds - less) * 1000;
  }

  #live(
    record: SubscriptionRecord,
    eventPackage: Subscription["package"],
    flow: Flow | undefined,
    numbers: Numbers,
  ): Subscription {
    const { clock, limits } = this.#parts;
    return {
      record,
      package: eventPackage,
      flow,
      ...numbers,
      sentCSeq: numbers.share.cseq - 1,
      members: record.list === true ? new MemberVersions(numbers.version) : undefined,
      delivery: newDelivery({ burst: limits.paceBurst, gapMs: limits.paceGapMs }, clock.now()),
      shown: undefined,
      sending: undefined,
      head: undefined,
      expiryTimer: undefined,
      deliveryTimer: undefined,
      reserving: false,
      whenReserved: undefined,
      endReason: "timeout",
      replaces: undefined,
      sentAt: 0,
      ackedAt: 0,
      dirtySince: 0,
    };
  }
}

/** One device of an account (design §9.7); for a trusted source, which may carry many phones, the contact tells them apart too. */
export function deviceOf(request: SipRequest, flow: Flow, remoteTarget: string, trusted: boolean): string {
  const contacts = parseNameAddressList(headerOf(request, "contact") ?? "", 1);
  const instance = contacts.ok ? contacts.value[0]?.parameters.get("+sip.instance") : undefined;
  if (instance !== undefined) return instance.toLowerCase();
  return trusted ? `${flow.key} ${remoteTarget}` : flow.key;
}
