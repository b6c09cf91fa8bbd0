import type { MediaSource } from "#media/media-engine";
import type { CalleeListener, Diversion, Identity, Parting, Party, PartyListener, Voice } from "./party.ts";
import { statusOfCause } from "./causes.ts";

/** Who called a Local channel: hears what it plays, and shares its bridge. */
export interface LocalOwner {
  readonly bridge: string;
  readonly hops: number;
  readonly diversions?: readonly Diversion[];
  play(source: MediaSource | undefined): void;
  /** Another party is there now. */
  identify?(who: Identity): void;
}

/**
 * The near half of a Local channel (R6): our own dialplan runs for whoever called it. What it plays is heard by its owner, who it dials joins
 * the owner's bridge; there is no sound of its own, and `/n` changes nothing.
 */
export class LocalParty implements Party {
  readonly bridge: string;
  readonly hops: number;
  readonly diversions: readonly Diversion[];
  readonly #owner: LocalOwner;
  #heard: CalleeListener | undefined;
  #channel: PartyListener | undefined;
  #isAnswered = false;
  #isOver = false;

  constructor(owner: LocalOwner) {
    this.bridge = owner.bridge;
    this.hops = owner.hops - 1;
    this.diversions = owner.diversions ?? [];
    this.#owner = owner;
  }

  /** Who is told; to be said before its channel starts. */
  listen(heard: CalleeListener): void {
    this.#heard = heard;
  }

  /** The channel that runs for it. */
  attach(channel: PartyListener): void {
    this.#channel = channel;
  }

  /** A digit of its owner's. */
  digit(digit: string): void {
    this.#channel?.digit(digit);
  }

  ring(): void {
    if (!this.#isAnswered && !this.#isOver) this.#heard?.ringing();
  }

  progress(): void {
    if (!this.#isAnswered && !this.#isOver) this.#heard?.earlyMedia();
  }

  answer(): Promise<boolean> {
    if (!this.#isAnswered && !this.#isOver) {
      this.#isAnswered = true;
      this.#heard?.answered();
    }
    return Promise.resolve(!this.#isOver);
  }

  play(source: MediaSource | undefined): void {
    if (!this.#isOver) this.#owner.play(source);
  }

  /** It has no ears: who it reached is in the owner's bridge already. */
  talk(): void {
    return undefined;
  }

  identify(who: Identity): void {
    if (!this.#isOver) this.#owner.identify?.(who);
  }

  /** Its own dialplan is through with it. */
  hangUp({ cause, status }: Parting): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#owner.play(undefined);
    if (this.#isAnswered) this.#heard?.gone(cause);
    else this.#heard?.failed(status ?? statusOfCause(cause), cause);
  }

  /** As its owner has it: what he says of it is what a caller would do. */
  get farHalf(): Voice {
    return {
      play: () => undefined,
      talk: () => undefined,
      identify: () => undefined,
      hangUp: ({ cause }) => {
        if (this.#isOver) return;
        this.#isOver = true;
        this.#channel?.gone(cause);
        // Who is called finds out in a moment that it is over, as others do.
        queueMicrotask(() => {
          if (this.#isAnswered) this.#heard?.gone(cause);
          else this.#heard?.failed(487, cause);
        });
      },
    };
  }
}
