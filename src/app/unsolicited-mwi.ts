import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import { messageSummary } from "#event-packages/message-summary/message-summary-package";
import type { Binding } from "#sip/registrar/binding";
import type { Subscriptions } from "#sip/subscription/subscriptions";
import type { Flow } from "#sip/transport/flow";
import type { BindingRunner } from "./binding-runner.ts";
import type { ContactNotifier } from "./contact-notifier.ts";
import { boxesOf, type MailboxRunner } from "./mailbox-runner.ts";
import { Pacer } from "./pacer.ts";
import type { SiteRunner } from "./site-runner.ts";

/** Over all phones: an office that registers at once is told in a few seconds. */
const PACE = { gapMs: 2, waitingMax: 10_000 };

export interface UnsolicitedMwiParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly site: SiteRunner;
  readonly bindings: BindingRunner;
  readonly mailboxes: MailboxRunner;
  readonly contacts: ContactNotifier;
  readonly subscriptions: () => Subscriptions;
}

/**
 * Tells phones that do not subscribe how many messages there are (E-7): after each REGISTER and at each change, where their account says so,
 * until they subscribe. A node speaks to the phones that registered with it since it started.
 */
export class UnsolicitedMwi {
  readonly #parts: UnsolicitedMwiParts;
  readonly #pacer: Pacer;
  /** Account → keys of flows that it registered over, here. */
  readonly #here = new Map<string, Set<string>>();
  /** Phones whose turn comes: they are told what counts then. */
  readonly #waiting = new Set<string>();

  constructor(parts: UnsolicitedMwiParts) {
    this.#parts = parts;
    this.#pacer = new Pacer(parts.clock, PACE);
  }

  /** Who waits is told no more. */
  stop(): void {
    this.#pacer.stop();
  }

  /** A device has registered with this node. */
  registered({ aor, flow }: { readonly aor: string; readonly flow: Flow }): void {
    if (this.#parts.site.account(aor)?.unsolicitedMwi !== true) {
      this.#here.delete(aor);
      return;
    }
    const live = new Set(this.#parts.bindings.live(aor).map((binding) => binding.flow.key));
    const known = [...(this.#here.get(aor) ?? [])].filter((key) => live.has(key));
    this.#here.set(aor, new Set([...known, flow.key]));
    this.#tell(aor, flow.key);
  }

  /** A set of mailboxes shows other counts. */
  changed(set: string): void {
    for (const aor of this.#here.keys()) {
      const account = this.#parts.site.account(aor);
      if (account?.unsolicitedMwi === true && boxesOf(account) === set) this.#tell(aor, undefined);
    }
  }

  #tell(aor: string, flowKey: string | undefined): void {
    const here = this.#here.get(aor);
    const bindings = this.#parts.bindings
      .live(aor)
      .filter(({ flow }) => here?.has(flow.key) === true && (flowKey === undefined || flow.key === flowKey));
    for (const binding of bindings) {
      const phone = phoneKey(aor, binding);
      if (this.#waiting.has(phone) || this.#subscribes(aor, binding)) continue;
      if (!this.#pacer.hasRoom(1)) {
        this.#parts.log.warn("message counts are not told: too many phones wait for theirs", { account: aor });
        continue;
      }
      this.#waiting.add(phone);
      this.#say(aor, binding).catch((error: unknown) => {
        this.#parts.log.error("message counts could not be told", { account: aor, error: String(error) });
      });
    }
  }

  async #say(aor: string, binding: Binding): Promise<void> {
    await this.#pacer.turn();
    this.#waiting.delete(phoneKey(aor, binding));
    const account = this.#parts.site.account(aor);
    const counts = account === undefined ? undefined : this.#parts.mailboxes.counts(boxesOf(account));
    if (counts === undefined) return;
    const outcome = await this.#parts.contacts.say(aor, binding, ({ mwiState }, uri) => ({
      event: "message-summary",
      subscriptionState: mwiState,
      body: { type: "application/simple-message-summary", text: messageSummary(counts, uri) },
    }));
    if (outcome.type !== "answered" || outcome.status >= 300)
      this.#parts.log.info("message counts were not taken", { account: aor, outcome: outcome.type });
  }

  #subscribes(aor: string, { flow, instance }: Binding): boolean {
    for (const { record } of this.#parts.subscriptions().ofAccount(aor)) {
      if (record.package === "message-summary" && (record.flow.key === flow.key || record.watcher.device === instance))
        return true;
    }
    return false;
  }
}

function phoneKey(aor: string, { flow }: Binding): string {
  return `${aor}\n${flow.key}`;
}
