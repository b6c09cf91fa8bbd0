import type { ResyncJson } from "#admin/ports";
import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import { fromWire } from "#sip/message/wire-text";
import type { BindingRunner } from "./binding-runner.ts";
import type { ContactNotifier, Saying } from "./contact-notifier.ts";
import { Pacer } from "./pacer.ts";
import type { SiteRunner } from "./site-runner.ts";

/** Over all phones (presence.md §2.11): they may all start anew, and fetch their files. */
const PACE = { gapMs: 200, waitingMax: 100 };

export interface ResyncRunnerParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly site: SiteRunner;
  readonly bindings: BindingRunner;
  readonly contacts: ContactNotifier;
}

const CHECK_SYNC: Saying = ({ checkSync }) => ({ event: checkSync, subscriptionState: "terminated" });

/** Asks phones to read their configuration again. */
export class ResyncRunner {
  readonly #parts: ResyncRunnerParts;
  readonly #pacer: Pacer;

  constructor(parts: ResyncRunnerParts) {
    this.#parts = parts;
    this.#pacer = new Pacer(parts.clock, PACE);
  }

  /** Who waits is asked no more. */
  stop(): void {
    this.#pacer.stop();
  }

  /** The answers of all contacts of the accounts of a phone; undefined = there is no such phone, "busy" = too many wait already. */
  async resync(mac: string): Promise<readonly ResyncJson[] | "busy" | undefined> {
    const { site, bindings, log } = this.#parts;
    const phone = site.phone(mac);
    if (phone === undefined) return undefined;
    const targets = phone.accounts.flatMap((account) => bindings.live(account).map((binding) => ({ account, binding })));
    if (!this.#pacer.hasRoom(targets.length)) return "busy";
    const answers = await Promise.all(
      targets.map(async ({ account, binding }): Promise<ResyncJson> => {
        await this.#pacer.turn();
        const { type, event, ...rest } = await this.#parts.contacts.say(account, binding, CHECK_SYNC);
        const [contact, userAgent] = [fromWire(binding.contact), fromWire(binding.userAgent)];
        const answer = "reason" in rest ? { status: rest.status, reason: fromWire(rest.reason) } : {};
        return { account, contact, userAgent, event, outcome: type, ...answer };
      }),
    );
    log.info("phone asked to read its configuration again", { mac, contacts: answers.length });
    return answers;
  }
}
