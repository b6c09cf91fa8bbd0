import { headerOf } from "#sip/message/message";
import { remoteTargetOf, type Dialog } from "#sip/dialog/dialog";
import type { ServerTransaction } from "#sip/transaction/user";
import type { Flow, FlowDirectory } from "#sip/transport/flow";
import type { Adopter } from "./adopter.ts";
import { holdsPresent } from "./conditional.ts";
import { USAGES_MAX } from "./limits.ts";
import type { Granter, GranterParts } from "./granter.ts";
import { sharedText } from "./own-record.ts";
import type { Authenticate, Sender } from "./ports.ts";
import { takeBody } from "./subscribe-body.ts";
import {
  isSameUsage,
  readEvent,
  readExpires,
  readUsage,
  type AskedEvent,
  type PackageRegistry,
  type SubscribeAsk,
} from "./subscribe-request.ts";
import type { DialogShare, Subscription } from "./subscription.ts";
import { deviceOf, type SubscriptionMaker } from "./subscription-maker.ts";
import { senderOf } from "./why-over.ts";

export interface DialogRequestsParts extends GranterParts {
  readonly authenticate: Authenticate;
  readonly packages: PackageRegistry;
  readonly flows: FlowDirectory;
  readonly maker: SubscriptionMaker;
  readonly granter: Granter;
  readonly adopter: Adopter;
  readonly maySpeak: () => boolean;
}

/** Where a usage is told from now on. */
interface Whereabouts {
  readonly flow: Flow;
  readonly dialog: Dialog;
  readonly device: string;
}

/** SUBSCRIBEs in a dialog: refresh, unsubscribe, and one more usage (S-50 to S-59). */
export class DialogRequests {
  readonly #parts: DialogRequestsParts;

  constructor(parts: DialogRequestsParts) {
    this.#parts = parts;
  }

  async handle(transaction: ServerTransaction, localTag: string): Promise<void> {
    // Who may not speak looks first whose the dialog is by now.
    const isElsewhere = this.#usages(transaction, localTag).length === 0;
    const mayBeNew = isElsewhere || !this.#parts.maySpeak();
    if (mayBeNew && !isElsewhere) await this.#lookAgain(transaction, localTag);
    if (isElsewhere && !(await this.#fetch(transaction, localTag))) return;
    const [usage] = this.#usages(transaction, localTag);
    // The phone makes a new one then; an invented dialog would freeze its lamp (S-51, S-53).
    if (usage === undefined) transaction.respond({ status: 481 });
    else await inTurn(usage.share, () => this.#again(transaction, localTag));
    if (mayBeNew) this.#tellUntold(transaction, localTag);
  }

  /** Whatever became of a request that brought a dialog here: nobody else tells this watcher any more. */
  #tellUntold(transaction: ServerTransaction, localTag: string): void {
    for (const usage of this.#usages(transaction, localTag))
      if (usage.ackedAt === 0 && usage.delivery.phase === "idle") this.#parts.deliverer.full(usage);
  }

  /**
   * Without a store nobody has taken anything, or nobody can tell: what is known here goes on from memory (S-94), unless the store failed in the
   * middle of a take: then the phone makes a new one.
   */
  async #lookAgain(transaction: ServerTransaction, localTag: string): Promise<void> {
    try {
      await this.#parts.adopter.fetch(transaction, localTag);
    } catch (error) {
      this.#parts.log.debug("nobody knows whose a dialog is: the store cannot be used", { error: String(error) });
    }
  }

  /** The dialog may be another node's. False: answered, the store cannot be asked. */
  async #fetch(transaction: ServerTransaction, localTag: string): Promise<boolean> {
    try {
      await this.#parts.adopter.fetch(transaction, localTag);
      return true;
    } catch (error) {
      this.#parts.granter.storeDown(transaction, error);
      return false;
    }
  }

  /** Every usage of a dialog speaks to the same place (S-58). */
  move(subscription: Subscription, { flow, dialog, device }: Whereabouts): void {
    if (device !== subscription.record.watcher.device) this.#parts.deliverer.renaming(subscription, device);
    this.#parts.subscriptions.move(subscription, () => {
      const { record } = subscription;
      const watcher = { ...record.watcher, device: sharedText(device) };
      subscription.record = { ...record, dialog, watcher, flow: this.#parts.flows.record(flow) };
      subscription.flow = flow;
      subscription.head = undefined;
    });
  }

  #usages({ request }: ServerTransaction, localTag: string): readonly Subscription[] {
    return this.#parts.subscriptions.find(localTag, request.callId, request.from.tag ?? "");
  }

  async #again(transaction: ServerTransaction, localTag: string): Promise<void> {
    const { request } = transaction;
    const usages = this.#usages(transaction, localTag);
    const [first] = usages;
    if (first === undefined) {
      // It ended while this request waited for its turn.
      transaction.respond({ status: 481 });
      return;
    }
    if (!this.#mayRefresh(transaction, first)) return;
    if (request.cseq.number <= first.record.remoteCSeq) {
      transaction.respond({
        status: 500,
        reason: "CSeq out of order",
        headers: [["Retry-After", String(this.#parts.random.below(11))]],
      });
      return;
    }
    for (const usage of usages) usage.record = { ...usage.record, remoteCSeq: request.cseq.number };
    const event = readEvent(request, this.#parts.packages);
    if (event.ok) await this.#ofUsage(transaction, usages, { event: event.value, sender: senderOf(first.record.watcher) });
    else transaction.respond(event.error);
  }

  async #ofUsage(
    transaction: ServerTransaction,
    usages: readonly Subscription[],
    { event, sender }: { readonly event: AskedEvent; readonly sender: Sender },
  ): Promise<void> {
    const { request } = transaction;
    const subscription = usages.find(({ record }) => isSameUsage(record, event));
    const profile = subscription?.record.profile ?? this.#profileOfNew(transaction, event, sender);
    const expires = readExpires(request, event.package, profile, this.#parts.limits);
    if (!expires.ok) transaction.respond(expires.error);
    else if (subscription === undefined && expires.value === 0) transaction.respond({ status: 481 });
    else if (subscription === undefined) await this.#join(transaction, usages);
    else {
      const { package: eventPackage, record } = subscription;
      const left = await this.#bodyTaken(transaction, usages, { package: eventPackage, resource: record.resource });
      if (left.includes(subscription)) await this.#moveTarget(transaction, left, subscription, expires.value);
      else if (left.length > 0) transaction.respond({ status: 481 });
    }
  }

  #profileOfNew({ request }: ServerTransaction, event: AskedEvent, sender: Sender): string {
    return event.package.profileFor(headerOf(request, "user-agent") ?? "", this.#parts.directory.mannerOf(sender));
  }

  /** Does what the body asks. Gives the usages that are left after that; none: answered. */
  async #bodyTaken(
    transaction: ServerTransaction,
    usages: readonly Subscription[],
    about: Pick<SubscribeAsk, "package" | "resource">,
  ): Promise<readonly Subscription[]> {
    if (transaction.request.body === "") return usages;
    if (!(await takeBody(transaction, about, this.#parts.directory))) return [];
    const left = usages.filter((usage) => this.#parts.subscriptions.has(usage));
    if (left.length === 0) transaction.respond({ status: 481 });
    return left;
  }

  /** The flow of the dialog is proof enough; from anywhere else the same sender must show who it is (G-12). */
  #mayRefresh(transaction: ServerTransaction, subscription: Subscription): boolean {
    if (transaction.flow.key === subscription.record.flow.key) return true;
    const sender = this.#parts.authenticate(transaction);
    if (sender === undefined) return false;
    if (sender.type === "trusted" || sender.name === subscription.record.watcher.aor) return true;
    transaction.respond({ status: 403 });
    return false;
  }

  /** Another Event in the same dialog watches what the dialog is about (S-59, RFC 6665 §4.5.2). */
  async #join(transaction: ServerTransaction, usages: readonly Subscription[]): Promise<void> {
    const [first] = usages;
    if (first === undefined) return;
    if (usages.length >= USAGES_MAX) {
      transaction.respond({ status: 403, reason: "Too many subscriptions in this dialog" });
      return;
    }
    const sender = senderOf(first.record.watcher);
    const ask = readUsage(transaction.request, first.record.entity, sender, this.#parts);
    if (!ask.ok) {
      transaction.respond(ask.error);
      return;
    }
    const left = await this.#bodyTaken(transaction, usages, ask.value);
    const [beside] = left;
    if (beside === undefined || this.#moveDialog(transaction, left) === undefined) return;
    for (const usage of left) usage.record = { ...usage.record, isShared: true };
    await this.#saveDialog(beside);
    const joined = this.#parts.maker.join(transaction, sender, ask.value, beside);
    await this.#parts.granter.grant(transaction, joined, ask.value.wish);
  }

  async #moveTarget(
    transaction: ServerTransaction,
    usages: readonly Subscription[],
    subscription: Subscription,
    expiresSeconds: number,
  ): Promise<void> {
    const moved = this.#moveDialog(transaction, usages);
    if (moved === undefined) return;
    for (const other of usages) if (moved.isElsewhere && other !== subscription) this.#parts.deliverer.moved(other);
    if (expiresSeconds === 0) await this.#unsubscribe(transaction, subscription);
    else await this.#refresh(transaction, subscription, { expiresSeconds, isElsewhere: moved.isElsewhere });
  }

  /** Every SUBSCRIBE in a dialog is a target refresh, the last one too (S-58). undefined: answered, it names no target. */
  #moveDialog(transaction: ServerTransaction, usages: readonly Subscription[]): { readonly isElsewhere: boolean } | undefined {
    const { request, flow } = transaction;
    const target = headerOf(request, "contact") === undefined ? undefined : remoteTargetOf(request);
    if (target !== undefined && !target.ok) {
      transaction.respond({ status: 400, reason: target.error });
      return undefined;
    }
    let isElsewhere = false;
    for (const usage of usages) {
      const { record } = usage;
      const isSame = target === undefined || target.value === record.dialog.remoteTarget;
      const dialog = isSame ? record.dialog : { ...record.dialog, remoteTarget: sharedText(target.value) };
      const device =
        target === undefined ? record.watcher.device : deviceOf(request, flow, dialog.remoteTarget, record.watcher.trusted);
      const isThere = isSame && flow.key === record.flow.key;
      isElsewhere ||= !isThere;
      if (isThere && device === record.watcher.device) stay(usage, flow);
      else this.move(usage, { flow, dialog, device });
    }
    return { isElsewhere };
  }

  async #refresh(
    transaction: ServerTransaction,
    subscription: Subscription,
    { expiresSeconds, isElsewhere }: { readonly expiresSeconds: number; readonly isElsewhere: boolean },
  ): Promise<void> {
    const { maker, records, subscriptions, lifetime, deliverer, granter } = this.#parts;
    const expiresAt = maker.expiresAt(expiresSeconds);
    if (!(await this.#kept(transaction, subscription, expiresAt))) return;
    subscription.record = { ...subscription.record, expiresAt };
    await this.#saveDialog(subscription);
    if (records.isStopped) return;
    if (!subscriptions.has(subscription)) {
      // It ended while its record was on the way to the store.
      records.remove(subscription.record.id);
      transaction.respond({ status: 481 });
      return;
    }
    lifetime.startExpiry(subscription);
    const isHeld = this.#holdsPresent(transaction, subscription);
    granter.answer(transaction, subscription, granter.grantedSeconds(subscription), isHeld ? 204 : 200);
    const told = deliverer.heard(subscription);
    if (isHeld || told.includes(subscription)) return;
    if (isElsewhere && subscription.delivery.phase === "inFlight") deliverer.moved(subscription);
    else deliverer.full(subscription);
  }

  /** What it holds must be its own still, until then. False: answered. */
  async #kept(transaction: ServerTransaction, subscription: Subscription, expiresAt: number): Promise<boolean> {
    const { directory, granter, subscriptions, lifetime } = this.#parts;
    if (subscription.package.holding === undefined) return true;
    try {
      if (await directory.keep({ ...subscription.record, expiresAt })) return true;
    } catch (error) {
      granter.storeDown(transaction, error);
      return false;
    }
    transaction.respond({ status: 481 });
    if (subscriptions.has(subscription)) lifetime.end(subscription, "noresource");
    return false;
  }

  async #unsubscribe(transaction: ServerTransaction, subscription: Subscription): Promise<void> {
    const { records, lifetime, granter } = this.#parts;
    await Promise.all([records.removedIfPossible(subscription.record.id), this.#saveOthers(subscription)]);
    const isHeld = this.#holdsPresent(transaction, subscription);
    granter.answer(transaction, subscription, 0, isHeld ? 204 : 200);
    if (isHeld) lifetime.drop(subscription);
    else lifetime.end(subscription, "timeout");
  }

  #holdsPresent({ request }: ServerTransaction, subscription: Subscription): boolean {
    return holdsPresent(request, subscription, this.#parts.directory.state(subscription.record.resource));
  }

  /** What all usages have in common stands in the record of each. */
  async #saveDialog(subscription: Subscription): Promise<void> {
    await Promise.all([this.#parts.records.savedIfPossible(subscription.record), this.#saveOthers(subscription)]);
  }

  async #saveOthers(subscription: Subscription): Promise<void> {
    const others = this.#parts.subscriptions.usagesOf(subscription.record.dialog.localTag);
    if (others.length < 2) return;
    await Promise.all(
      others.filter((one) => one !== subscription).map(({ record }) => this.#parts.records.savedIfPossible(record)),
    );
  }
}

/** Most refreshes move nothing: record and head stay, unless a redirection or another listener stood in for them. */
function stay(usage: Subscription, flow: Flow): void {
  const { head, record } = usage;
  if (usage.flow?.key !== flow.key || head?.target !== record.dialog.remoteTarget) usage.head = undefined;
  usage.flow = flow;
}

/** The SUBSCRIBEs of one dialog are handled one after the other (S-76). */
async function inTurn(share: DialogShare, handle: () => Promise<void>): Promise<void> {
  const turn = share.turn === undefined ? handle() : share.turn.then(handle, handle);
  share.turn = turn;
  try {
    await turn;
  } finally {
    if (share.turn === turn) share.turn = undefined;
  }
}
