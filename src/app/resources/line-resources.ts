import type { WantedAppearance } from "#event-packages/line-seize/read-appearance";
import type { Holder } from "#domain/appearance/seizure-table";
import { fromWire } from "#sip/message/wire-text";
import type { Sender } from "#sip/subscription/ports";
import type { SubscriptionRecord } from "#sip/subscription/subscription";
import type { Answer } from "#sip/transaction/user";
import { lineKey, lineOfKey, type LineRunner } from "../line-runner.ts";
import type { SiteRunner } from "../site-runner.ts";
import type { ResourceKind } from "./resource-kind.ts";

/** Loser of a race for a line: it may be free again in a moment. */
const BUSY: Answer = { status: 480, headers: [["Retry-After", "1"]] };

/** Lines by the addresses that phones have for them. */
class LineAddresses {
  readonly #site: SiteRunner;
  readonly #lines: LineRunner;

  constructor(site: SiteRunner, lines: LineRunner) {
    this.#site = site;
    this.#lines = lines;
  }

  /** The line under a user part: of a key that the sender may watch, or its own account. `own`: the key must be of its phone. */
  find(user: string, sender: Sender, own: boolean): string | undefined {
    const name = fromWire(user);
    return this.#trunk(name, sender, own) ?? this.#account(name, sender);
  }

  #trunk(name: string, sender: Sender, own: boolean): string | undefined {
    const hint = sender.type === "trusted" ? this.#site.hints.everywhere(name)[0] : this.#visible(sender.name, name);
    const key = hint === undefined ? undefined : this.#lines.shared.keyOf(hint.devices);
    if (key === undefined) return undefined;
    const isOwn = sender.type === "trusted" || key.accounts.includes(sender.name.toLowerCase());
    return own && !isOwn ? undefined : lineKey({ type: "trunk", name: key.trunk });
  }

  #visible(account: string, name: string): ReturnType<SiteRunner["hints"]["find"]> {
    const context = this.#site.account(account)?.subscribeContext;
    return context === undefined ? undefined : this.#site.hints.find(context, name);
  }

  #account(name: string, sender: Sender): string | undefined {
    const isOwn = sender.type === "trusted" || sender.name === name;
    return isOwn && this.#site.account(name) !== undefined ? lineKey({ type: "account", name }) : undefined;
  }

  /** Would `find` give it this line under any address? */
  mayWatch(line: string, sender: Sender, own: boolean): boolean {
    const { type, name } = lineOfKey(line);
    if (type === "account") return this.#account(name, sender) === line;
    return this.#lines.shared.namesOf(name).some((address) => this.#trunk(address, sender, own) === line);
  }
}

/** What lines show: whoever may watch a key of a line may watch the line, an account its own (presence.md §2.7). */
export function lineResources(site: SiteRunner, lines: LineRunner): ResourceKind {
  const addresses = new LineAddresses(site, lines);
  return {
    find: (user, sender) => addresses.find(user, sender, false),
    mayWatch: (id, sender) => addresses.mayWatch(id, sender, false),
    appeared(id, record) {
      lines.forsake(id, holderOf(record));
    },
    state: (id) => lines.view(id),
  };
}

/** Lines to be seized: by the phones that have a key of them. A subscription's own resource is the line and the subscription. */
export function seizeResources(site: SiteRunner, lines: LineRunner): ResourceKind {
  const addresses = new LineAddresses(site, lines);
  return {
    find: (user, sender) => addresses.find(user, sender, true),
    mayWatch: (id, sender) => addresses.mayWatch(split(id).line, sender, true),
    parts: {
      async hold(id, record, wish): Promise<Answer | undefined> {
        const { line, subscription } = split(id);
        const { index } = wish as WantedAppearance;
        const outcome = await lines.seize(line, { holder: holderOf(record), subscription, index, until: record.expiresAt });
        if (outcome === undefined) return { status: 404 };
        if (outcome.type === "unknown") return { status: 404, reason: "No such appearance" };
        return outcome.type === "busy" ? BUSY : undefined;
      },
      keep(id, record) {
        const { line, subscription } = split(id);
        return lines.keep(line, subscription, record.expiresAt);
      },
      release(id) {
        const { line, subscription } = split(id);
        lines.release(line, subscription);
      },
    },
    state(id) {
      const { line, subscription } = split(id);
      return lines.held(line, subscription);
    },
  };
}

/** Id of what one subscription holds. */
export function seizedId(line: string, subscription: string): string {
  return `${line}\n${subscription}`;
}

function split(id: string): { readonly line: string; readonly subscription: string } {
  const end = id.lastIndexOf("\n");
  return { line: id.slice(0, end), subscription: id.slice(end + 1) };
}

function holderOf({ watcher: { aor, device } }: SubscriptionRecord): Holder {
  return { account: aor, device };
}
