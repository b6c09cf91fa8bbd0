import type { Clock, StopTimer } from "#base/clock";
import type { DialEffect } from "#domain/dialplan/leg-effect";
import type { Destination } from "#domain/dialplan/destination";
import type { DialResult } from "#domain/dialplan/leg-event";
import { optionsOf } from "#domain/dialplan/outcome";
import type { MediaSource } from "#media/media-engine";
import { CAUSES } from "./causes.ts";
import type { Errand } from "./channel.ts";
import type { DirectTalk } from "./direct-media.ts";
import { dialStatusOf, type Failure } from "./dial-result.ts";
import type { CalleeListener, Identity, Party, Voice } from "./party.ts";
import type { LocalOwner } from "./local-party.ts";

/** Somebody who is being called. */
export interface Attempt {
  readonly voice: Voice;
  /** Name of what is called, for DIALEDPEERNAME. */
  readonly name: string;
  /** Of our own dialplan: a digit for it. */
  readonly digit?: (digit: string) => void;
}

/** Who is called, and how. */
export interface CalleePort {
  /**
   * Calls all contacts of a destination; each one tells the listener that `heard` makes for it. Resolves when all are on their way; with none
   * when there is nowhere to call. Never rejects.
   */
  call(
    destination: Destination,
    call: { readonly caller: Identity; readonly variables: DialEffect["variables"]; readonly owner: LocalOwner },
    heard: (attempt: Attempt) => CalleeListener,
  ): Promise<readonly Attempt[]>;
}

export interface DiallerParts {
  readonly clock: Clock;
  readonly callees: CalleePort;
  readonly tones: (text: string) => MediaSource | undefined;
  /** How these two may talk past us; undefined: they may not. */
  readonly direct: (one: Voice, other: Voice) => DirectTalk | undefined;
}

type Result = Omit<DialResult, "type">;

/** One Dial: rings all, the first who answers talks with the caller, until one of both goes (sla.md §5.7, B-3). */
export class Dialler implements Errand {
  readonly #party: Party;
  readonly #effect: DialEffect;
  readonly #parts: DiallerParts;
  readonly #done: (result: Result) => void;
  readonly #isUp: boolean;
  readonly #startedAt: number;
  readonly #failures: Failure[] = [];
  readonly #open = new Set<Attempt>();
  #starting = 0;
  #answered: Attempt | undefined;
  #answeredAt = 0;
  #direct: DirectTalk | undefined;
  #isRinging = false;
  #isOver = false;
  #stopTimer: StopTimer | undefined;

  /** `isUp`: the caller is answered already, and hears tones instead of 180. */
  constructor(party: Party, effect: DialEffect, isUp: boolean, parts: DiallerParts, done: (result: Result) => void) {
    this.#party = party;
    this.#effect = effect;
    this.#isUp = isUp;
    this.#parts = parts;
    this.#done = done;
    this.#startedAt = parts.clock.now();
    const { timeoutMs } = effect;
    if (timeoutMs !== undefined) {
      this.#stopTimer = parts.clock.after(timeoutMs, () => {
        this.#giveUp({ status: "NOANSWER", cause: CAUSES.noAnswer });
      });
    }
    const options = optionsOf(effect.options);
    const music = options.get("m");
    if (music !== undefined) this.#party.play({ type: "music", musicClass: music });
    else if (options.has("r")) this.#hearRinging();
    this.#starting = effect.destinations.length;
    for (const destination of effect.destinations) void this.#start(destination);
    if (this.#starting === 0) this.#soonOver();
  }

  callerGone(cause: number): void {
    if (this.#isOver) return;
    const answered = this.#answered;
    if (answered === undefined) {
      this.#giveUp({ status: "CANCEL", cause, gone: true });
      return;
    }
    answered.voice.hangUp({ cause });
    this.#over({ ...this.#answer(), cause, gone: true });
  }

  digit(digit: string): void {
    // The bridge carries digits to others.
    this.#answered?.digit?.(digit);
  }

  held(isHeld: boolean): void {
    this.#answered?.voice.play(isHeld ? MUSIC : undefined);
    this.#heldBy(isHeld);
  }

  async #start(destination: Destination): Promise<void> {
    const { callerNumber, callerName } = this.#effect;
    const caller: Identity = { number: callerNumber, name: callerName };
    const call = { caller, variables: this.#effect.variables, owner: this.#party };
    const attempts = await this.#parts.callees.call(destination, call, (attempt) => this.#listener(attempt));
    this.#starting -= 1;
    if (attempts.length === 0) this.#failures.push({ status: 0, cause: CAUSES.absent });
    this.#look();
  }

  /** A call that begins; one that comes too late ends at once. */
  #listener(attempt: Attempt): CalleeListener {
    this.#open.add(attempt);
    if (this.#isOver || this.#answered !== undefined) this.#drop(attempt);
    return {
      ringing: () => {
        this.#ringing();
      },
      earlyMedia: () => {
        this.#earlyMedia(attempt);
      },
      answered: () => {
        void this.#connect(attempt);
      },
      failed: (status, cause) => {
        this.#open.delete(attempt);
        this.#failures.push({ status, cause });
        this.#look();
      },
      gone: (cause) => {
        if (this.#answered !== attempt || this.#isOver) return;
        this.#party.talk(undefined);
        this.#over({ ...this.#answer(), cause });
      },
      held: (isHeld) => {
        if (this.#answered !== attempt) return;
        this.#party.play(isHeld ? MUSIC : undefined);
        this.#heldBy(isHeld);
      },
      digit: () => undefined,
      played: () => undefined,
    };
  }

  #ringing(): void {
    if (this.#answered !== undefined || this.#isOver || this.#isRinging) return;
    this.#isRinging = true;
    if (optionsOf(this.#effect.options).has("m")) return;
    this.#party.ring();
    if (this.#isUp) this.#hearRinging();
  }

  #hearRinging(): void {
    this.#party.play(this.#parts.tones("ring"));
  }

  /** What the only one says before it answers is heard: announcements, ring-back of far away (R22). */
  #earlyMedia(attempt: Attempt): void {
    if (this.#isOver || this.#answered !== undefined) return;
    if (this.#effect.destinations.length > 1 || this.#open.size > 1) {
      this.#ringing();
      return;
    }
    this.#party.progress();
    this.#party.play(undefined);
    attempt.voice.talk(this.#party.bridge);
    this.#party.talk(this.#party.bridge);
  }

  async #connect(attempt: Attempt): Promise<void> {
    if (this.#isOver || this.#answered !== undefined) {
      this.#drop(attempt);
      return;
    }
    this.#answered = attempt;
    this.#answeredAt = this.#parts.clock.now();
    this.#stopTimer?.();
    this.#open.delete(attempt);
    for (const other of this.#open) this.#drop(other);
    this.#party.play(undefined);
    attempt.voice.talk(this.#party.bridge);
    if (!(await this.#party.answer())) return;
    if (!this.#isTalking()) return;
    this.#party.talk(this.#party.bridge);
    if (listens(this.#effect.options)) return;
    this.#direct = this.#parts.direct(this.#party, attempt.voice);
    this.#direct?.begin();
  }

  /** Music comes from us. */
  #heldBy(isHeld: boolean): void {
    if (isHeld) this.#direct?.end();
    else this.#direct?.begin();
  }

  /** Somebody else took the call, or nobody wants it any more. */
  #drop(attempt: Attempt): void {
    this.#open.delete(attempt);
    const isElsewhere = this.#answered !== undefined;
    attempt.voice.hangUp({ cause: isElsewhere ? CAUSES.elsewhere : CAUSES.normal, isElsewhere });
  }

  #isTalking(): boolean {
    return this.#answered !== undefined && !this.#isOver;
  }

  /** Has everybody failed? */
  #look(): void {
    if (this.#isOver || this.#answered !== undefined || this.#starting > 0 || this.#open.size > 0) return;
    this.#party.play(undefined);
    this.#over(dialStatusOf(this.#failures));
  }

  #soonOver(): void {
    this.#stopTimer = this.#parts.clock.after(0, () => {
      this.#look();
    });
  }

  #giveUp(result: Result): void {
    if (this.#isOver || this.#answered !== undefined) return;
    if (result.gone !== true) this.#party.play(undefined);
    this.#over(result);
    for (const attempt of this.#open) this.#drop(attempt);
  }

  #answer(): Pick<Result, "status" | "answeredSeconds" | "peerName"> {
    const answeredSeconds = Math.round((this.#parts.clock.now() - this.#answeredAt) / 1000);
    return { status: "ANSWER", answeredSeconds, peerName: this.#answered?.name ?? "" };
  }

  #over(result: Result): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopTimer?.();
    this.#done({ ...result, dialedSeconds: Math.round((this.#parts.clock.now() - this.#startedAt) / 1000) });
    // Who is let go by now need not come back first.
    this.#direct?.end();
  }
}

/** Do options of Dial have us listen to what is said or pressed: transfers, parking, recording, hanging up by a digit, limits that are announced? */
function listens(options: string): boolean {
  return [...optionsOf(options).keys()].some((letter) => "tTkKhHwWxXL".includes(letter));
}

const MUSIC: MediaSource = { type: "music", musicClass: "" };
