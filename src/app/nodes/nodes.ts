import type { Clock } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import { Lifecycle } from "#base/lifecycle";
import type { Log } from "#base/log";
import type { Notifier } from "#sip/subscription/notifier";
import type { FlowDirectory } from "#sip/transport/flow";
import type { SubscriptionRecord } from "#sip/subscription/subscription";
import type { Store } from "#store/store";
import type { BindingRunner } from "../binding-runner.ts";
import { liveRecords, type StoredSubscriptions } from "../subscription-store.ts";
import { Membership, type KnownNode } from "./membership.ts";
import { MovedDevices } from "./moved-devices.ts";
import type { NodeLease } from "./node-lease.ts";
import { anyReachesStore } from "./reaches-store.ts";

export interface NodesParts {
  readonly store: Store;
  readonly lease: NodeLease;
  readonly node: string;
  readonly leaseSeconds: number;
  /** Where other nodes reach this one's HTTP. */
  readonly http: () => string;
  /** Hosts of URIs that are this node's. */
  readonly hosts: () => readonly string[];
  readonly notifier: Notifier;
  readonly subscriptions: StoredSubscriptions;
  readonly bindings: BindingRunner;
  readonly flows: Pick<FlowDirectory, "find">;
  /** A node is gone: whatever else was its own. */
  readonly nodeGone?: (node: string) => Promise<void>;
  /** Does one of these nodes reach the store? Default: they are asked over HTTP. */
  readonly anyReachesStore?: typeof anyReachesStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** This node among those on its store, from the moment that it serves. */
export class Nodes {
  readonly #membership: Membership;
  readonly #moved: MovedDevices;
  readonly #parts: NodesParts;

  constructor(parts: NodesParts) {
    const { notifier, subscriptions, bindings } = parts;
    this.#parts = parts;
    const moved = (this.#moved = new MovedDevices({ ...parts, isAlive: (node) => this.#isAlive(node) }));
    const adopt = (records: readonly SubscriptionRecord[]): void => {
      notifier.adopt(records);
      moved.settle(records);
    };
    this.#membership = new Membership({
      ...parts,
      takeOver: async (node, mayTake) => {
        await bindings.endConnectionsOf(node, mayTake);
        await moved.forget(node);
        await parts.nodeGone?.(node);
        return subscriptions.takeFrom(node, mayTake, adopt);
      },
      settle: () => subscriptions.settle(adopt),
    });
  }

  async start(): Promise<Stop> {
    const { lease, notifier, subscriptions, anyReachesStore: ask = anyReachesStore } = this.#parts;
    const lifecycle = new Lifecycle();
    lifecycle.add(await this.#membership.start());
    lifecycle.add(await this.#moved.start());
    lease.serve({
      othersReachStore: () => ask(this.#membership.urlsOfOthers()),
      check: async () => {
        await this.#membership.announce();
        await subscriptions.check(liveRecords(notifier));
      },
      speak: () => {
        notifier.speak();
      },
    });
    return () => lifecycle.stop();
  }

  /** All nodes of the store. */
  list(): readonly KnownNode[] {
    return this.#membership.nodes();
  }

  /** Does a node of this store call this host its own? */
  isHostOfNode(host: string): boolean {
    return this.#membership.isHostOfNode(host);
  }

  #isAlive(name: string): boolean {
    return this.list().some(({ node, isAlive }) => node === name && isAlive);
  }
}
