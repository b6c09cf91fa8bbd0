import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import type { TimerWheel } from "#base/timer-wheel";
import { dialogOf } from "#sip/dialog/dialog";
import type { ClientTransactions, RequestHandler, ServerTransaction } from "#sip/transaction/user";
import type { FlowDirectory } from "#sip/transport/flow";
import { Adopter } from "./adopter.ts";
import { BodyCache } from "./body-cache.ts";
import { holdsPresent } from "./conditional.ts";
import { Deliverer } from "./deliverer.ts";
import { DialogRequests } from "./dialog-requests.ts";
import { Drain, type DrainProgress } from "./drain.ts";
import { Granter } from "./granter.ts";
import type { NotifierLimits } from "./limits.ts";
import { isLeftBehind, leftBehind, type RegisteredDevice } from "./left-behind.ts";
import { Lifetime } from "./lifetime.ts";
import { NumberBlocks } from "./number-blocks.ts";
import { RecordKeeper } from "./record-keeper.ts";
import type { Authenticate, NotifierObserver, ResourceDirectory, SubscriptionStore } from "./ports.ts";
import { Restorer } from "./restorer.ts";
import { takeBody } from "./subscribe-body.ts";
import { readSubscribe, type PackageRegistry } from "./subscribe-request.ts";
import type { Subscription, SubscriptionRecord } from "./subscription.ts";
import { SubscriptionMaker } from "./subscription-maker.ts";
import { Subscriptions } from "./subscriptions.ts";
import { senderOf, whyOver } from "./why-over.ts";

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
  /** Share of the node's other budgets (transactions) that is used up; 1 = nothing left (C-15). */
  readonly load: () => number;
  /** May this node speak in its dialogs at this moment? Others may have taken them over (S-93). */
  readonly maySpeak: () => boolean;
  readonly log: Log;
}

/** The notifier (RFC 6665 §4.2): answers SUBSCRIBEs, keeps subscriptions, tells watchers. Knows nothing of lines or lamps. */
export class Notifier implements RequestHandler {
  readonly method = "SUBSCRIBE";
  readonly #parts: NotifierParts;
  readonly #subscriptions = new Subscriptions();
  readonly #bodies = new BodyCache();
  readonly #maker: SubscriptionMaker;
  readonly #lifetime: Lifetime;
  readonly #deliverer: Deliverer;
  readonly #records: RecordKeeper;
  readonly #granter: Granter;
  readonly #inDialog: DialogRequests;
  readonly #restorer: Restorer;
  readonly #adopter: Adopter;
  readonly #drain: Drain;

  constructor(parts: NotifierParts) {
    const subscriptions = this.#subscriptions;
    this.#parts = parts;
    this.#maker = new SubscriptionMaker(parts);
    this.#records = new RecordKeeper(parts);
    this.#lifetime = new Lifetime({ ...parts, subscriptions, records: this.#records, deliverer: () => this.#deliverer });
    this.#deliverer = this.#makeDeliverer();
    const shared = {
      ...parts,
      subscriptions,
      records: this.#records,
      lifetime: this.#lifetime,
      deliverer: this.#deliverer,
      isDraining: () => this.#drain.isOn,
    };
    this.#granter = new Granter(shared);
    this.#drain = new Drain(shared);
    this.#restorer = new Restorer({ ...shared, maker: this.#maker });
    this.#adopter = new Adopter({ ...shared, restorer: this.#restorer });
    this.#inDialog = new DialogRequests({ ...shared, maker: this.#maker, granter: this.#granter, adopter: this.#adopter });
  }

  /** Live subscriptions, for views and metrics. */
  get subscriptions(): Subscriptions {
    return this.#subscriptions;
  }

  async handle(transaction: ServerTransaction): Promise<void> {
    const { tag } = transaction.request.to;
    if (tag === undefined) await this.#subscribe(transaction);
    else await this.#inDialog.handle(transaction, tag);
  }

  /** A resource has a new state: every watcher that would see a difference is told. */
  changed(resource: string): void {
    const watchers = this.#subscriptions.watchersOf(resource);
    if (watchers === undefined) {
      this.#bodies.forget(resource);
      return;
    }
    this.#deliverer.changedFor(resource, watchers);
  }

  /** A resource is gone (reload): its subscriptions end with `noresource` (R8). */
  removed(resource: string): void {
    for (const subscription of [...(this.#subscriptions.watchersOf(resource) ?? [])])
      this.#lifetime.end(subscription, "noresource");
    this.#bodies.forget(resource);
  }

  /** After a reload or a restart: what is gone ends with `noresource`, what its watcher may not see any more with `rejected` (S-30). */
  review(): void {
    this.#review([...this.#subscriptions.all()]);
  }

  #review(subscriptions: readonly Subscription[]): void {
    for (const subscription of subscriptions) {
      const reason = whyOver(subscription, this.#parts.directory);
      if (reason !== undefined) this.#lifetime.end(subscription, reason);
      else this.#reviewManner(subscription);
    }
  }

  /** The site may have it told in another manner now. */
  #reviewManner(subscription: Subscription): void {
    const { package: eventPackage, record } = subscription;
    const profile = eventPackage.profileFor(record.userAgent, this.#parts.directory.mannerOf(senderOf(record.watcher)));
    if (profile === record.profile) return;
    subscription.record = { ...record, profile };
    this.#deliverer.full(subscription);
  }

  /** A device registered: what it watches and was told over an older flow of its own goes over this one from now on (S-57, S-84). */
  registered(device: RegisteredDevice): void {
    const moved = leftBehind(this.#subscriptions.ofAccount(device.aor), device);
    for (const subscription of moved) {
      const { dialog, watcher, flow } = subscription.record;
      const isNamedByFlow = watcher.device === flow.key;
      this.#inDialog.move(subscription, {
        flow: device.flow,
        dialog,
        device: isNamedByFlow ? device.flow.key : watcher.device,
      });
      // Told when it cannot be written; the flow is found again by the phone's next request at worst.
      void this.#records.savedIfPossible(subscription.record);
    }
    // What waited for a sign of the device has gone out over the new flow by that.
    const told = new Set(moved.flatMap((subscription) => this.#deliverer.heard(subscription)));
    for (const subscription of moved) if (!told.has(subscription)) this.#deliverer.moved(subscription);
  }

  /** Takes up subscriptions of an earlier run; to be called before the first request can come in. Records of other nodes are left alone. */
  restore(records: readonly SubscriptionRecord[]): void {
    this.#restorer.restore(records);
  }

  /** Tells every restored subscription the present state, paced (S-91); to be called when the listeners are open. */
  resume(): void {
    // The site may have changed while nobody looked.
    this.review();
    this.#restorer.resume();
  }

  /** What a silent node had is of this one now, its records too: dialogs go on, and each watcher is told the present state. */
  adopt(records: readonly SubscriptionRecord[]): void {
    this.#review(this.#adopter.adopt(records));
  }

  /** Dialogs that node `from` had, of devices that are with this one now: they go on over the flows of those (S-57). Rejects when the store cannot be used. */
  async claim(from: string, ids: readonly string[], devices: readonly RegisteredDevice[]): Promise<void> {
    const claimed = await this.#adopter.claim(
      ids,
      (record) => record.node === from && devices.some((device) => isLeftBehind(record, device)),
    );
    this.#restorer.resume(claimed);
    for (const device of devices) this.registered(device);
    this.#review(claimed);
  }

  /** This node may speak in its dialogs again: what was held back goes out. */
  speak(): void {
    this.#lifetime.speak();
    this.#deliverer.speak();
  }

  /** Sends every watcher away, paced, and takes no new ones (design §9.8). */
  drain(overMs: number): DrainProgress {
    this.#drain.start(overMs);
    return this.#drain.progress;
  }

  /** Takes new ones again. */
  undrain(): DrainProgress {
    this.#drain.cancel();
    return this.#drain.progress;
  }

  get drainProgress(): DrainProgress {
    return this.#drain.progress;
  }

  /** Sends nothing (design §9.8): dialogs are kept in the store and go on after the restart. */
  stop(): void {
    this.#records.stop();
    this.#drain.stop();
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
    this.#parts.directory.appeared(subscription.record);
    if (ask.value.expiresSeconds === 0) this.#fetch(transaction, subscription);
    else await this.#granter.grant(transaction, subscription, ask.value.wish);
  }

  /** Fetch (S-54): one NOTIFY with the state, nothing is stored. */
  #fetch(transaction: ServerTransaction, subscription: Subscription): void {
    const isHeld = holdsPresent(transaction.request, subscription, this.#parts.directory.state(subscription.record.resource));
    this.#granter.answer(transaction, subscription, 0, isHeld ? 204 : 200);
    if (isHeld) return;
    subscription.endReason = "timeout";
    this.#deliverer.fetch(subscription);
  }

  #makeDeliverer(): Deliverer {
    return new Deliverer({
      ...this.#parts,
      resources: this.#parts.directory,
      bodies: this.#bodies,
      numbers: new NumberBlocks({ ...this.#parts, subscriptions: this.#subscriptions, records: this.#records }),
      onRemove: (subscription) => {
        this.#lifetime.forget(subscription);
      },
      onDialogGone: (subscription) => {
        this.#lifetime.forgetOthers(subscription);
      },
      onDeviceGone: (subscription) => {
        this.#lifetime.forgetDevice(subscription);
      },
      onConfirmed: (subscription) => {
        this.#lifetime.dropReplaced(subscription);
      },
    });
  }
}
