import { storedSubscription } from "#app/stored-shapes";
import { storedValue } from "#app/stored-value";
import { Notify } from "#test/support/phone";
import type { Medium } from "./medium.ts";
import type { World } from "./world.ts";

/** One process that may speak. */
export interface Speaker {
  readonly name: string;
  /** It was away from the store until a moment ago: while its lease runs, it may not know yet that another one has a dialog of its own. */
  readonly isOutOfTouch: boolean;
  /** By the store. */
  readonly hasLease: boolean;
}

interface Dialog {
  speaker: Speaker;
  cseq: number;
  version: number;
  /** NOTIFYs by CSeq: one number, one text. */
  readonly texts: Map<number, string>;
}

/** Sees every NOTIFY as it leaves, and knows what must never be (S-71, S-72, S-93). */
export class Referee {
  /** NOTIFYs, repeats not counted. */
  notifies = 0;
  readonly #world: World;
  readonly #medium: Medium;
  /** Has a phone this dialog? */
  readonly #isLive: (callId: string, localTag: string) => boolean;
  /** Dialogs whose end was told. */
  readonly #over = new Set<string>();
  readonly #dialogs = new Map<string, Dialog>();

  constructor(world: World, medium: Medium, isLive: (callId: string, localTag: string) => boolean) {
    this.#world = world;
    this.#medium = medium;
    this.#isLive = isLive;
  }

  /** A node sends a datagram. */
  sent(speaker: Speaker, text: string): void {
    if (!text.startsWith("NOTIFY ")) return;
    const notify = new Notify(text);
    const id = /;tag=([^;\r]+)/.exec(notify.header("From") ?? "")?.[1] ?? "";
    const { cseq, version } = notify;
    const callId = notify.header("Call-ID") ?? "";
    // In a dialog that is over nobody hears what is said, but the node that wakes up and does not know it yet says it.
    if (this.#over.has(id) || !this.#isLive(callId, id)) return;
    if (notify.subscriptionState.startsWith("terminated")) this.#over.add(id);
    const where = `${callId}, ${speaker.name}: CSeq ${cseq}, version ${version}`;
    const dialog = this.#dialogs.get(id);
    if (dialog === undefined) {
      this.notifies += 1;
      this.#dialogs.set(id, { speaker, cseq, version, texts: new Map([[cseq, text]]) });
      return;
    }
    const before = dialog.texts.get(cseq);
    if (before === text) return;
    this.notifies += 1;
    if (before !== undefined) this.#world.complain(`${where}: the number was used before, for something else`);
    dialog.texts.set(cseq, text);
    if (cseq <= dialog.cseq) this.#late(dialog, speaker, where);
    else this.#goOn(dialog, { speaker, id, cseq, version, where });
  }

  /** Below what was said: a node that has lost the dialog and does not know it yet. */
  #late(dialog: Dialog, speaker: Speaker, where: string): void {
    const after = `after ${dialog.speaker.name} was at CSeq ${dialog.cseq}`;
    if (dialog.speaker === speaker) this.#world.complain(`${where}: ${after}`);
    else if (!speaker.hasLease) this.#world.complain(`${where}: speaks without a lease, ${after}`);
    else if (!speaker.isOutOfTouch) this.#world.complain(`${where}: a second speaker, ${after}`);
    else this.#world.tell(`${where}: late, ${after}`);
  }

  #goOn(
    dialog: Dialog,
    { speaker, id, cseq, version, where }: { speaker: Speaker; id: string; cseq: number; version: number; where: string },
  ): void {
    const stored = this.#medium.records("subscription").get(id);
    const record = stored === undefined ? undefined : storedValue(storedSubscription, stored.value);
    // Whoever lost it a moment ago may speak until it is told: the new one waits for that.
    const owners = record === undefined ? [speaker.name] : [record.node, ...(record.takenFrom ?? [])];
    if (dialog.speaker !== speaker && !owners.includes(speaker.name))
      this.#world.complain(`${where}: speaks above ${dialog.speaker.name}, and the dialog is of ${owners.join(", before ")}`);
    if (version <= dialog.version) this.#world.complain(`${where}: version ${dialog.version} was used before`);
    dialog.speaker = speaker;
    dialog.cseq = cseq;
    if (!Number.isNaN(version)) dialog.version = version;
  }
}
