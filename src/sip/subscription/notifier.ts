import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import type { TimerWheel } from "#base/timer-wheel";
import { dialogOf, remoteTargetOf, type Dialog } from "#sip/dialog/dialog";
import { headerOf, headersOf } from "#sip/message/message";
import type { Answer, ClientTransactions, OutgoingHeader, RequestHandler, ServerTransaction } from "#sip/transaction/user";
import type { Flow, FlowDirectory } from "#sip/transport/flow";
import { BodyCache } from "./body-cache.ts";
import { Deliverer } from "./deliverer.ts";
import { EXPIRY_GRACE_MAX_MS, EXPIRY_GRACE_SHARE, RESTORE_PER_SECOND, type NotifierLimits } from "./limits.ts";
import { leftBehind, type RegisteredDevice } from "./left-behind.ts";
import { localContact } from "./notify-text.ts";
import { RecordKeeper } from "./record-keeper.ts";
import { overLimit } from "./over-limit.ts";
import type { Authenticate, NotifierObserver, ResourceDirectory, SubscriptionStore } from "./ports.ts";
import { takeBody } from "./subscribe-body.ts";
import { readEvent, readExpires, readSubscribe, type PackageRegistry } from "./subscribe-request.ts";
import type { EndReason, Subscription, SubscriptionRecord } from "./subscription.ts";
import { deviceOf, SubscriptionMaker } from "./subscription-maker.ts";
import { Subscriptions } from "./subscriptions.ts";
import { whyOver } from "./why-over.ts";

export interface NotifierParts {
  /** This node's name: it speaks only in dialogs of its own records. */
  readonly node: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly wheel: TimerWheel;
  readonly clients: ClientTransactions;
  readonly flows: FlowDirectory;
  readonly authenticate: Authenticate;
  readonly directory: ResourceDirectory;
  readonly packages: PackageRegistry;
  readonly store: SubscriptionStore;
  readonly observer: NotifierObserver;
  readonly limits: NotifierLimits;
  readonly log: Log;
}

/** Seconds a phone is asked to wait while the store cannot be used (S-94). */
const STORE_DOWN_RETRY_SECONDS = 10;

/** The notifier (RFC 6665 §4.2): answers SUBSCRIBEs, keeps subscriptions, tells watchers. Knows nothing of lines or lamps. */
export class Notifier implements RequestHandler {
  readonly method = "SUBSCRIBE";
  readonly #parts: NotifierParts;
  readonly #subscriptions = new Subscriptions();
  readonly #bodies = new BodyCache();
  readonly #maker: SubscriptionMaker;
  readonly #deliverer: Deliverer;
  readonly #records: RecordKeeper;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
    this.#maker = new SubscriptionMaker(parts);
    this.#records = new RecordKeeper(parts);
    this.#deliverer = new Deliverer({
      ...parts,
      resources: parts.directory,
      bodies: this.#bodies,
      // No later process goes on in a dialog that is over: its last numbers need no reservation, and its record must not come back.
      store: { save: (record) => (this.#subscriptions.knows(record.id) ? this.#records.save(record) : Promise.resolve()) },
      onRemove: (subscription) => {
        this.#forget(subscription);
      },
      onConfirmed: (subscription) => {
        this.#dropReplaced(subscription);
      },
    });
  }

  /** Live subscriptions, for views and metrics. */
  get subscriptions(): Subscriptions {
    return this.#subscriptions;
  }

  async handle(transaction: ServerTransaction): Promise<void> {
    if (transaction.request.to.tag === undefined) await this.#subscribe(transaction);
    else await this.#inDialog(transaction, transaction.request.to.tag);
  }

  /** A resource has a new state: every watcher that would see a difference is told. */
  changed(resource: string): void {
    const watchers = this.#subscriptions.watchersOf(resource);
    if (watchers === undefined) {
      this.#bodies.forget(resource);
      return;
    }
    for (const subscription of watchers) this.#deliverer.changed(subscription);
  }

  /** A resource is gone (reload): its subscriptions end with `noresource` (R8). */
  removed(resource: string): void {
    for (const subscription of [...(this.#subscriptions.watchersOf(resource) ?? [])]) this.#end(subscription, "noresource");
    this.#bodies.forget(resource);
  }

  /** After a reload or a restart: what is gone ends with `noresource`, what its watcher may not see any more with `rejected` (S-30). */
  review(): void {
    for (const subscription of [...this.#subscriptions.all()]) {
      const reason = whyOver(subscription, this.#parts.directory);
      if (reason !== undefined) this.#end(subscription, reason);
    }
  }

  /** A device registered: what it watches and was told over an older flow of its own goes over this one from now on (S-57, S-84). */
  registered(device: RegisteredDevice): void {
    for (const subscription of leftBehind(this.#subscriptions.ofAccount(device.aor), device)) {
      const { dialog, watcher, flow } = subscription.record;
      const isNamedByFlow = watcher.device === flow.key;
      this.#move(subscription, device.flow, dialog, isNamedByFlow ? device.flow.key : watcher.device);
      // Told when it cannot be written; the flow is found again by the phone's next request at worst.
      void this.#records.savedIfPossible(subscription.record);
      this.#deliverer.moved(subscription);
    }
  }

  /** Takes up subscriptions of an earlier run; to be called before the first request can come in. Records of other nodes are left alone. */
  restore(records: readonly SubscriptionRecord[]): void {
    // Of two of one device the newer one expires later.
    for (const record of [...records].sort((left, right) => left.expiresAt - right.expiresAt)) {
      if (record.node !== this.#parts.node) continue;
      const subscription = this.#maker.revive(record);
      if (subscription === undefined) {
        this.#records.remove(record.id);
        continue;
      }
      subscription.replaces = this.#subscriptions.findSameDevice(subscription);
      this.#subscriptions.add(subscription);
    }
  }

  /** Tells every restored subscription the present state, paced (S-91); to be called when the listeners are open. */
  resume(): void {
    // The site may have changed while nobody looked.
    this.review();
    // Who refreshed before this has a timer and the present state already.
    const restored = [...this.#subscriptions.all()].filter(({ expiryTimer }) => expiryTimer === undefined);
    restored.forEach((subscription, at) => {
      this.#startExpiry(subscription);
      this.#parts.wheel.start((at * 1000) / RESTORE_PER_SECOND, () => {
        this.#deliverer.full(subscription);
      });
    });
    if (restored.length > 0) this.#parts.log.info("subscriptions go on where they were", { restored: restored.length });
  }

  /** Sends nothing (design §9.8): dialogs are kept in the store and go on after the restart. */
  stop(): void {
    this.#records.stop();
    for (const subscription of this.#subscriptions.all()) {
      this.#parts.wheel.stop(subscription.expiryTimer);
      this.#deliverer.move(subscription, { type: "ended" });
    }
  }

  async #subscribe(transaction: ServerTransaction): Promise<void> {
    const sender = this.#parts.authenticate(transaction);
    if (sender === undefined) return;
    const { request } = transaction;
    const localTag = this.#parts.random.token(64);
    const ask = readSubscribe(request, sender, this.#parts);
    if (!ask.ok) {
      transaction.respond({ ...ask.error, toTag: localTag });
      return;
    }
    const dialog = dialogOf(request, localTag);
    if (!dialog.ok) {
      transaction.respond({ status: 400, reason: dialog.error, toTag: localTag });
      return;
    }
    if (request.body !== "" && !(await takeBody(transaction, ask.value, this.#parts.directory, localTag))) return;
    const subscription = this.#maker.create(transaction, sender, ask.value, dialog.value);
    if (ask.value.expiresSeconds === 0) this.#fetch(transaction, subscription);
    else await this.#grant(transaction, subscription);
  }

  /** Fetch (S-54): one NOTIFY with the state, nothing is stored. */
  #fetch(transaction: ServerTransaction, subscription: Subscription): void {
    this.#respond(transaction, subscription, 0);
    subscription.endReason = "timeout";
    this.#deliverer.fetch(subscription);
  }

  async #grant(transaction: ServerTransaction, subscription: Subscription): Promise<void> {
    const refusal = overLimit(subscription, this.#subscriptions, this.#parts);
    if (refusal !== undefined) {
      transaction.respond({ ...refusal, toTag: subscription.record.id });
      return;
    }
    if (!(await this.#save(transaction, subscription))) return;
    if (this.#records.isStopped) return;
    const late = overLimit(subscription, this.#subscriptions, this.#parts) ?? this.#withdrawn(subscription);
    if (late !== undefined) {
      this.#records.remove(subscription.record.id);
      transaction.respond({ ...late, toTag: subscription.record.id });
      return;
    }
    subscription.replaces = this.#subscriptions.findSameDevice(subscription);
    this.#subscriptions.add(subscription);
    this.#startExpiry(subscription);
    this.#respond(transaction, subscription, this.#grantedSeconds(subscription));
    // The 200 is on the wire before the NOTIFY (S-22).
    this.#deliverer.full(subscription);
  }

  /** A reload took the resource away while its subscription was on the way to the store. */
  #withdrawn({ record }: Subscription): Answer | undefined {
    return this.#parts.directory.state(record.resource) === undefined ? { status: 404 } : undefined;
  }

  async #inDialog(transaction: ServerTransaction, localTag: string): Promise<void> {
    const { request } = transaction;
    const subscription = this.#subscriptions.find(localTag, request.callId, request.from.tag ?? "");
    // The phone makes a new one then; an invented dialog would freeze its lamp (S-51, S-53).
    if (subscription === undefined) transaction.respond({ status: 481 });
    else await this.#inTurn(subscription, () => this.#again(transaction, subscription));
  }

  /** The SUBSCRIBEs of one dialog are handled one after the other (S-76). */
  async #inTurn(subscription: Subscription, handle: () => Promise<void>): Promise<void> {
    const turn = subscription.turn === undefined ? handle() : subscription.turn.then(handle, handle);
    subscription.turn = turn;
    try {
      await turn;
    } finally {
      if (subscription.turn === turn) subscription.turn = undefined;
    }
  }

  async #again(transaction: ServerTransaction, subscription: Subscription): Promise<void> {
    const { request } = transaction;
    const { record } = subscription;
    // It may have ended while this request waited for its turn.
    const isOver = !this.#subscriptions.has(subscription);
    if (isOver) transaction.respond({ status: 481 });
    if (isOver || !this.#mayRefresh(transaction, subscription)) return;
    if (request.cseq.number <= record.remoteCSeq) {
      transaction.respond({
        status: 500,
        reason: "CSeq out of order",
        headers: [["Retry-After", String(this.#parts.random.below(11))]],
      });
      return;
    }
    subscription.record = { ...record, remoteCSeq: request.cseq.number };
    const event = readEvent(request, this.#parts.packages);
    const expires = readExpires(request, subscription.package, record.profile, this.#parts.limits);
    if (!event.ok) transaction.respond(event.error);
    else if (event.value.text !== record.event) transaction.respond({ status: 481 });
    else if (!expires.ok) transaction.respond(expires.error);
    else if (
      request.body === "" ||
      (await takeBody(transaction, { package: subscription.package, resource: record.resource }, this.#parts.directory))
    )
      await this.#moveTarget(transaction, subscription, expires.value);
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

  /** Every SUBSCRIBE in a dialog is a target refresh, the last one too (S-58). */
  async #moveTarget(transaction: ServerTransaction, subscription: Subscription, expiresSeconds: number): Promise<void> {
    const { request, flow } = transaction;
    const target = headerOf(request, "contact") === undefined ? undefined : remoteTargetOf(request);
    if (target !== undefined && !target.ok) {
      transaction.respond({ status: 400, reason: target.error });
      return;
    }
    const { record } = subscription;
    const isSame = target === undefined || target.value === record.dialog.remoteTarget;
    const dialog = isSame ? record.dialog : { ...record.dialog, remoteTarget: target.value };
    const device =
      target === undefined ? record.watcher.device : deviceOf(request, flow, dialog.remoteTarget, record.watcher.trusted);
    const isElsewhere = !isSame || flow.key !== record.flow.key;
    this.#move(subscription, flow, dialog, device);
    if (expiresSeconds === 0) await this.#unsubscribe(transaction, subscription);
    else await this.#refresh(transaction, subscription, { expiresSeconds, isElsewhere });
  }

  #move(subscription: Subscription, flow: Flow, dialog: Dialog, device: string): void {
    this.#subscriptions.move(subscription, () => {
      const { record } = subscription;
      const watcher = { ...record.watcher, device };
      subscription.record = { ...record, dialog, watcher, flow: this.#parts.flows.record(flow) };
      subscription.flow = flow;
      subscription.head = undefined;
    });
  }

  async #refresh(
    transaction: ServerTransaction,
    subscription: Subscription,
    { expiresSeconds, isElsewhere }: { readonly expiresSeconds: number; readonly isElsewhere: boolean },
  ): Promise<void> {
    subscription.record = { ...subscription.record, expiresAt: this.#maker.expiresAt(expiresSeconds) };
    await this.#records.savedIfPossible(subscription.record);
    if (this.#records.isStopped) return;
    if (!this.#subscriptions.has(subscription)) {
      // It ended while its record was on the way to the store.
      this.#records.remove(subscription.record.id);
      transaction.respond({ status: 481 });
      return;
    }
    this.#startExpiry(subscription);
    this.#respond(transaction, subscription, this.#grantedSeconds(subscription));
    if (isElsewhere && subscription.delivery.phase === "inFlight") this.#deliverer.moved(subscription);
    else this.#deliverer.full(subscription);
  }

  async #unsubscribe(transaction: ServerTransaction, subscription: Subscription): Promise<void> {
    await this.#records.removedIfPossible(subscription.record.id);
    this.#respond(transaction, subscription, 0);
    this.#end(subscription, "timeout");
  }

  /** Never more than asked for, and not less because the store took a moment. */
  #grantedSeconds({ record }: Subscription): number {
    return Math.max(1, Math.ceil((record.expiresAt - this.#parts.clock.now()) / 1000));
  }

  #startExpiry(subscription: Subscription): void {
    const { wheel, clock } = this.#parts;
    wheel.stop(subscription.expiryTimer);
    const leftMs = Math.max(0, subscription.record.expiresAt - clock.now());
    const graceMs = Math.min(EXPIRY_GRACE_MAX_MS, leftMs * EXPIRY_GRACE_SHARE);
    subscription.expiryTimer = wheel.start(leftMs + graceMs, this.#expired, subscription);
  }

  readonly #expired = (subscription: Subscription): void => {
    this.#records.remove(subscription.record.id);
    this.#end(subscription, "timeout");
  };

  async #save(transaction: ServerTransaction, subscription: Subscription): Promise<boolean> {
    try {
      await this.#records.save(subscription.record);
      return true;
    } catch (error) {
      this.#storeDown(transaction, error);
      return false;
    }
  }

  #storeDown(transaction: ServerTransaction, error: unknown): void {
    this.#parts.log.warn("SUBSCRIBE refused: the store cannot be used", {
      callId: transaction.request.callId,
      error: String(error),
    });
    transaction.respond({
      status: 503,
      headers: [["Retry-After", String(STORE_DOWN_RETRY_SECONDS + this.#parts.random.below(10))]],
    });
  }

  #respond(transaction: ServerTransaction, subscription: Subscription, expiresSeconds: number): void {
    const headers: OutgoingHeader[] = [
      ["Contact", `<${localContact(subscription.record.dialog, transaction.flow)}>`],
      ["Expires", String(expiresSeconds)],
      ...headersOf(transaction.request, "record-route").map((route): OutgoingHeader => ["Record-Route", route]),
    ];
    transaction.respond({ status: 200, toTag: subscription.record.id, headers });
  }

  /** The last NOTIFY says why; from now on the dialog is unknown to refreshes. */
  #end(subscription: Subscription, reason: EndReason): void {
    subscription.endReason = reason;
    this.#parts.wheel.stop(subscription.expiryTimer);
    this.#subscriptions.remove(subscription);
    if (reason !== "timeout") this.#records.remove(subscription.record.id);
    this.#deliverer.move(subscription, { type: "closed" });
  }

  /** Without a word: replaced, or its NOTIFYs do not arrive (S-60). */
  #forget(subscription: Subscription): void {
    this.#parts.wheel.stop(subscription.expiryTimer);
    this.#subscriptions.remove(subscription);
    this.#records.remove(subscription.record.id);
  }

  #dropReplaced(subscription: Subscription): void {
    let older = subscription.replaces;
    subscription.replaces = undefined;
    // One that was never acknowledged may itself have been to replace another.
    for (; older !== undefined; older = older.replaces) {
      if (!this.#subscriptions.has(older)) continue;
      this.#deliverer.move(older, { type: "ended" });
      this.#forget(older);
    }
  }
}
