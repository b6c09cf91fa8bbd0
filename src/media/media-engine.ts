/**
 * The port of media (design §7.6): what a call needs of audio. The engine of this folder does it in a worker thread; another one may stand in
 * for it. G.711 at 8 kHz, 20 ms.
 */
export interface MediaEngine {
  /** Opens a pair of ports (RTP even, RTCP next) at this address of ours. Rejects with MediaError `no-ports`. */
  open(host: string, listener: MediaListener): Promise<MediaLeg>;
  stop(): Promise<void>;
}

/** Audio of one party of a call. Commands take effect in the order they are given. */
export interface MediaLeg {
  readonly id: number;
  readonly host: string;
  /** RTP; RTCP is the next one. */
  readonly port: number;
  /** What both sides agreed on; after every answer anew. Before the first one nothing is sent or taken. */
  agree(agreed: AgreedMedia): void;
  /**
   * Talks with everybody who joined the same bridge: hears the sum of the others (N-1). undefined: with nobody; then nothing of it reaches
   * anybody. Digits (telephone events) of a member reach all others: as telephone events, or as their tone where a peer has none.
   */
  join(bridge: string | undefined): void;
  /** Is heard in its bridge? Default true. */
  mute(isMuted: boolean): void;
  /** Hears this instead of its bridge, until something else is said; undefined: its bridge again. */
  hear(source: MediaSource | undefined): void;
  /** Sends digits 0-9 * # A-D as telephone events, or as tones where the peer has none. */
  sendDigits(digits: string): void;
  statistics(): Promise<MediaStatistics>;
  close(): void;
}

export type Codec = "PCMU" | "PCMA";

export interface AgreedMedia {
  /** Where to send; undefined: nothing is sent (hold by 0.0.0.0, or only heard). */
  readonly remote: { readonly host: string; readonly port: number; readonly rtcpPort: number } | undefined;
  readonly codec: Codec;
  /** Payload number of telephone-event (RFC 4733), when agreed. */
  readonly eventPayload?: number;
  /** Do we send, do we take what comes (after hold)? */
  readonly sends: boolean;
  readonly receives: boolean;
  readonly rtcpMux?: boolean;
}

/** One element of a tone list, as in domain/tone. */
export interface ToneElement {
  readonly frequencies: readonly number[];
  readonly isModulated: boolean;
  /** Absent = without end. */
  readonly milliseconds?: number;
  /** Not repeated when the list starts again. */
  readonly isOnce: boolean;
}

export type MediaSource =
  | { readonly type: "silence" }
  /** Over and over. */
  | { readonly type: "tones"; readonly elements: readonly ToneElement[] }
  /** Music on hold: all files of the folder of this class in turn, the built-in melody where there is none. */
  | { readonly type: "music"; readonly musicClass: string }
  /** Files (names without ending, below the folder of prompts) one after the other, then `onPlayed`. */
  | { readonly type: "prompts"; readonly names: readonly string[] };

export interface MediaListener {
  /** A digit was pressed (its telephone event began, or its tone was heard where none was agreed). */
  onDigit(digit: string): void;
  /** A source of prompts came to its end; false: a file was missing or cannot be read. */
  onPlayed(isWhole: boolean): void;
  /** The first packet of the peer came. */
  onHeard(): void;
  /** Nothing came from the peer for so long, RTP or RTCP, though it should send (never while it holds). */
  onSilent(seconds: number): void;
}

export interface MediaStatistics {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  /** Too late or double. */
  readonly discarded: number;
  readonly jitterMs: number;
  /** Round trip of RTCP, undefined = not known. */
  readonly roundTripMs: number | undefined;
  readonly remote: string | undefined;
}
