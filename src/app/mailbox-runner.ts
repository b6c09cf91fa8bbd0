import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import { mailboxesOf } from "#domain/site/account";
import { NO_MESSAGES, sameCounts, totalOf, type MessageCounts } from "#domain/mailbox/message-counts";
import type { Account, Site } from "#domain/site/site";
import type { Store } from "#store/store";
import { COLLECTIONS } from "./collections.ts";
import type { PublicationRunner } from "./publication-runner.ts";
import { runAggregate } from "./run-aggregate.ts";
import { storedCounts } from "./stored-shapes.ts";
import { storedValue } from "./stored-value.ts";

/** A mailbox with what is known of it, and from whom. */
export interface MailboxFacts {
  readonly counts: MessageCounts;
  readonly source: "api" | "publish" | "none";
  /** Accounts whose lamps show it. */
  readonly accounts: readonly string[];
}

export interface MailboxRunnerParts {
  readonly store: Store;
  readonly log: Log;
  readonly published: Pick<PublicationRunner, "messagesOf" | "mailboxes">;
  /** A set of mailboxes shows other counts; the set by its name (`boxesOf`). */
  readonly changed: (set: string) => void;
}

/** Mailboxes of an account that writes none: one of its own name. A set of them goes by their names, parted by commas. */
export function boxesOf({ name, mailbox }: Account): string {
  return mailbox ?? `${name}@default`;
}

/** Messages of mailboxes: what the API wrote, kept in the store, else what servers beside us publish. */
export class MailboxRunner {
  readonly #parts: MailboxRunnerParts;
  readonly #written = new Map<string, MessageCounts>();
  /** Set → its counts, the same object as long as they are the same. */
  readonly #shown = new Map<string, MessageCounts>();
  /** Mailbox → sets of accounts that it is in, and the accounts. */
  #users = new Map<string, { readonly sets: Set<string>; readonly accounts: string[] }>();

  constructor(parts: MailboxRunnerParts) {
    this.#parts = parts;
  }

  /** Starts following the store; resolves when every count is known. */
  async start(): Promise<Stop> {
    return this.#parts.store.watch(COLLECTIONS.mailbox, ({ id, value }) => {
      const counts = value === undefined ? undefined : this.#read(id, value);
      if (counts === undefined) this.#written.delete(id);
      else this.#written.set(id, counts);
      this.changed(id);
    });
  }

  /** Takes over a reading of the site. */
  setSite({ accounts }: Site): void {
    this.#users = new Map();
    for (const account of accounts) {
      const set = boxesOf(account);
      for (const mailbox of set.split(",")) {
        const users = this.#users.get(mailbox) ?? { sets: new Set<string>(), accounts: [] };
        users.sets.add(set);
        users.accounts.push(account.name);
        this.#users.set(mailbox, users);
      }
    }
    for (const set of [...this.#shown.keys()]) if (!this.#isKnown(set)) this.#shown.delete(set);
  }

  /** Somebody may say something else of a mailbox. */
  changed(mailbox: string): void {
    for (const set of new Set([mailbox, ...(this.#users.get(mailbox)?.sets ?? [])])) {
      const before = this.#shown.get(set);
      this.#shown.delete(set);
      if (before !== undefined && this.counts(set) !== before && !sameCounts(before, this.counts(set) ?? NO_MESSAGES))
        this.#parts.changed(set);
    }
  }

  /** Counts of a set of mailboxes together; undefined when nobody has it and nobody says anything of it. */
  counts(set: string): MessageCounts | undefined {
    const known = this.#shown.get(set);
    if (known !== undefined) return known;
    if (!this.#isKnown(set)) return undefined;
    const counts = totalOf(set.split(",").map((mailbox) => this.#of(mailbox).counts));
    this.#shown.set(set, counts);
    return counts;
  }

  /** Names of all mailboxes that somebody has or says something of. */
  names(): readonly string[] {
    return [...new Set([...this.#users.keys(), ...this.#written.keys(), ...this.#parts.published.mailboxes()])];
  }

  /** One mailbox; undefined when nobody has it and nobody says anything of it. */
  facts(mailbox: string): MailboxFacts | undefined {
    if (!this.#isKnown(mailbox)) return undefined;
    return { ...this.#of(mailbox), accounts: this.#users.get(mailbox)?.accounts ?? [] };
  }

  /** Resolves when it is durable. */
  async put(mailbox: string, counts: MessageCounts): Promise<void> {
    await this.#write(mailbox, JSON.stringify(counts));
  }

  /** What the API wrote is gone; resolves when that is durable. */
  async clear(mailbox: string): Promise<void> {
    await this.#write(mailbox, null);
  }

  async #write(mailbox: string, value: string | null): Promise<void> {
    await runAggregate(this.#parts.store, COLLECTIONS.mailbox, mailbox, (current) => ({
      value: (current?.value ?? null) === value ? undefined : value,
    }));
  }

  #isKnown(set: string): boolean {
    return set
      .split(",")
      .every(
        (mailbox) =>
          this.#users.has(mailbox) || this.#written.has(mailbox) || this.#parts.published.messagesOf(mailbox) !== undefined,
      );
  }

  #of(mailbox: string): Pick<MailboxFacts, "counts" | "source"> {
    const written = this.#written.get(mailbox);
    if (written !== undefined) return { counts: written, source: "api" };
    const published = this.#parts.published.messagesOf(mailbox);
    if (published !== undefined) return { counts: { ...NO_MESSAGES, ...published }, source: "publish" };
    return { counts: NO_MESSAGES, source: "none" };
  }

  #read(mailbox: string, value: string): MessageCounts | undefined {
    const counts = storedValue(storedCounts, value);
    if (counts === undefined) this.#parts.log.error("stored counts of a mailbox cannot be read and count as none", { mailbox });
    return counts;
  }
}

/** The one mailbox that a name means: "100" is "100@default"; undefined = none, or several. */
export function mailboxNamed(text: string): string | undefined {
  const set = mailboxesOf(text);
  return set === undefined || set.includes(",") ? undefined : set;
}
