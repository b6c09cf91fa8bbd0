import type { MediaSource } from "#media/media-engine";

/** Hops of a call that says nothing of them (RFC 3261 §8.1.1.6). */
export const HOPS_MAX = 70;

/** Who somebody is, as others may see it; text, not yet escaped. */
export interface Identity {
  /** "" = unknown. */
  readonly number: string;
  readonly name: string;
  /** Wishes not to be shown (RFC 3323). */
  readonly isPrivate?: boolean;
}

/** Who sent a call on to where it went, and why (RFC 5806); text, not yet escaped. */
export interface Diversion {
  readonly by: Identity;
  /** "user-busy", "no-answer", "unconditional" and the like; "" = not said. */
  readonly reason: string;
}

/** Why somebody is let go. */
export interface Parting {
  /** Q.850. */
  readonly cause: number;
  /** What an unanswered caller is refused with; absent = as the cause says. */
  readonly status?: number;
  /** In words, beside `status`: "line in use". */
  readonly text?: string;
  /** Somebody else took the call: no missed call (B-4). */
  readonly isElsewhere?: boolean;
}

/** Somebody with ears and a mouth. What is asked of one that has gone does nothing. */
export interface Voice {
  /** Of the leg that carries it, as the board of calls knows that; absent: our own dialplan. */
  readonly legId?: string;
  /** Hears this until something else is said; undefined: its bridge. Callers that are not answered hear it as early media. */
  play(source: MediaSource | undefined): void;
  /** Talks with all in this bridge; undefined: with nobody. */
  talk(bridge: string | undefined): void;
  /** Is told who it talks to now. */
  identify(who: Identity): void;
  hangUp(why: Parting): void;
}

/** Whoever is in the dialplan: a phone or a peer that called, or the near half of a Local channel. */
export interface Party extends Voice {
  /** Where it talks with whom it reached by Dial; names its call. */
  readonly bridge: string;
  /** So many more servers, our own dialplan among them, may its calls go through (Max-Forwards, B-24). */
  readonly hops: number;
  /** The newest first. */
  readonly diversions?: readonly Diversion[];
  /** 180. */
  ring(): void;
  /** 183. */
  progress(): void;
  /** What it is refused with, should the dialplan not say better. */
  refusal?(refusal: { readonly status: number; readonly text: string }): void;
  /** False: it has gone. */
  answer(): Promise<boolean>;
}

/** What a party tells. */
export interface PartyListener {
  digit(digit: string): void;
  /** Prompts came to their end. */
  played(isWhole: boolean): void;
  /** It holds, or is back. */
  held(isHeld: boolean): void;
  /** It has gone, for whatever reason; `cause`: Q.850. */
  gone(cause: number): void;
}

/** How somebody who is called answers. One of `answered` and `failed` at most; after `answered` what parties tell. */
export interface CalleeListener extends PartyListener {
  ringing(): void;
  /** There is something to hear already. */
  earlyMedia(): void;
  answered(): void;
  /** Before it answered; the status of SIP that says it best. */
  failed(status: number, cause: number): void;
}

/** Of whom nothing is heard any more. */
export const DEAF: CalleeListener = {
  ringing: () => undefined,
  earlyMedia: () => undefined,
  answered: () => undefined,
  failed: () => undefined,
  digit: () => undefined,
  played: () => undefined,
  held: () => undefined,
  gone: () => undefined,
};
