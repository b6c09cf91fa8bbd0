import type { Clock, StopTimer } from "#base/clock";
import type { Log } from "#base/log";
import { advance, FRESH_LEG } from "#domain/dialplan/interpreter";
import type { DialEffect, LegEffect, ReadEffect } from "#domain/dialplan/leg-effect";
import type { DialResult, LegEntry, LegEvent, LegResult } from "#domain/dialplan/leg-event";
import type { DialplanWorld } from "#domain/dialplan/leg-run";
import type { Leg } from "#domain/dialplan/leg";
import type { DeviceState } from "#domain/lamp/device-state";
import type { MediaSource } from "#media/media-engine";
import { CAUSES } from "./causes.ts";
import { DigitReader } from "./digit-reader.ts";
import type { Party, PartyListener } from "./party.ts";

/** Something that a channel waits for: a Dial, a line. Says itself when it is over. */
export interface Errand {
  /** The caller has gone: it is over as soon as possible, with `gone`. */
  callerGone(cause: number): void;
  digit?(digit: string): void;
  held?(isHeld: boolean): void;
}

/** What channels ask of the rest. */
export interface ChannelWorld {
  readonly clock: Clock;
  readonly log: Log;
  /** The site as it is now. */
  readonly dialplan: () => DialplanWorld;
  /** By name, or a tone list as it is written; undefined: neither. */
  readonly tones: (text: string) => MediaSource | undefined;
  readonly dial: (channel: Channel, effect: DialEffect, done: (result: Omit<DialResult, "type">) => void) => Errand;
  readonly station: (
    channel: Channel,
    argument: string,
    done: (result: Omit<Extract<LegResult, { type: "stationEnded" }>, "type" | "at" | "id">) => void,
  ) => Errand;
  readonly trunk: (
    channel: Channel,
    trunk: string,
    musicClass: string | undefined,
    done: (result: Omit<Extract<LegResult, { type: "trunkEnded" }>, "type" | "at" | "id">) => void,
  ) => Errand;
  readonly setDeviceState: (device: string, state: DeviceState) => void;
}

/** Answered legs are given so long to send their first sound (sla.md §5.7). */
const MEDIA_WAIT_MS = 500;

/** Effects that one of the channel's own methods waits for. */
type Waiting = "answer" | "wait" | "playback" | "read" | "busy" | "congestion" | "dial" | "slaStation" | "slaTrunk";

/** What a result says besides its time and its number, which the channel adds. */
type Ended<E = LegResult> = E extends LegResult ? Omit<E, "at" | "id"> : never;

/**
 * A call in the dialplan: brings the pure leg its events and does what it asks for (sla.md §5.5). It ends when its leg has ended and its party
 * has gone, in whichever order.
 */
export class Channel implements PartyListener {
  readonly party: Party;
  readonly entry: Omit<LegEntry, "type" | "at">;
  readonly #world: ChannelWorld;
  #leg: Leg = FRESH_LEG;
  #reader: DigitReader | undefined;
  #errand: Errand | undefined;
  #errandId: number | undefined;
  #stopTimer: StopTimer | undefined;
  /** Id of the wait that prompts are played for. */
  #playing: number | undefined;
  #isGone = false;

  constructor(parts: { readonly party: Party; readonly entry: Omit<LegEntry, "type" | "at">; readonly world: ChannelWorld }) {
    this.party = parts.party;
    this.entry = parts.entry;
    this.#world = parts.world;
  }

  start(): void {
    this.#feed({ type: "enter", at: this.#world.clock.now(), ...this.entry });
  }

  /** Answered? */
  get isUp(): boolean {
    return "facts" in this.#leg && this.#leg.facts.up;
  }

  digit(digit: string): void {
    if (this.#reader !== undefined) this.#reader.digit(digit);
    else this.#errand?.digit?.(digit);
  }

  held(isHeld: boolean): void {
    this.#errand?.held?.(isHeld);
  }

  played(isWhole: boolean): void {
    const id = this.#playing;
    this.#playing = undefined;
    if (id !== undefined) this.#ended(id, { type: "played", status: isWhole ? "SUCCESS" : "FAILED" });
  }

  gone(cause: number): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#letGo();
    // An errand knows better how it ended, and says so itself.
    if (this.#errand !== undefined) this.#errand.callerGone(cause);
    else this.#feed({ type: "hungup", at: this.#world.clock.now() });
  }

  #ended(id: number, result: Ended): void {
    this.#errand = undefined;
    this.#errandId = undefined;
    this.#letGo();
    this.#feed({ ...result, at: this.#world.clock.now(), id });
  }

  #letGo(): void {
    this.#stopTimer?.();
    this.#reader?.stop();
    this.#reader = undefined;
  }

  #feed(event: LegEvent): void {
    const { state, effects } = advance(this.#world.dialplan(), this.#leg, event);
    this.#leg = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: LegEffect): void {
    switch (effect.type) {
      case "answer":
        void this.#answer(() => {
          this.#after(effect.id, (effect.immediate === true ? 0 : MEDIA_WAIT_MS) + effect.delayMs, { type: "answered" });
        });
        return;
      case "wait":
        this.#after(effect.id, effect.ms, { type: "elapsed" });
        return;
      case "playback":
        this.#playback(effect);
        return;
      case "read":
        this.#read(effect);
        return;
      case "busy":
      case "congestion":
        this.#signal(effect);
        return;
      case "dial":
      case "slaStation":
      case "slaTrunk":
        this.#send(effect);
        return;
      default:
        this.#tell(effect);
    }
  }

  /** What is done at once. */
  #tell(effect: Exclude<LegEffect, { type: Waiting }>): void {
    const { party } = this;
    if (effect.type === "completionRequest")
      this.#after(effect.id, 0, { type: "completionRequested", reason: "NO_CORE_INSTANCE" });
    else if (effect.type === "completionCancel") {
      this.#after(effect.id, 0, { type: "completionCancelled", reason: "NO_CORE_INSTANCE" });
    } else if (effect.type === "setDeviceState") this.#world.setDeviceState(effect.device, effect.state);
    else if (effect.type === "log") {
      this.#world.log[effect.level === "warning" ? "warn" : "info"](effect.text, { channel: this.entry.channel });
    } else this.#tellParty(effect, party);
  }

  #tellParty(
    effect: Extract<LegEffect, { type: "refuse" | "playTones" | "stopTones" | "ringing" | "progress" | "hangup" }>,
    party: Party,
  ): void {
    if (effect.type === "refuse") party.hangUp({ cause: CAUSES.unallocated, status: effect.status });
    else if (effect.type === "playTones") party.play(this.#world.tones(effect.tones));
    else if (effect.type === "stopTones") party.play(undefined);
    else if (effect.type === "ringing") party.ring();
    else if (effect.type === "progress") party.progress();
    else party.hangUp({ cause: effect.cause === 0 ? CAUSES.normal : effect.cause });
  }

  /** Errands may be over before they have begun. */
  #send(effect: Extract<LegEffect, { type: "dial" | "slaStation" | "slaTrunk" }>): void {
    const { id } = effect;
    this.#errandId = id;
    const errand = this.#begin(effect, (result) => {
      this.#ended(id, result);
    });
    if (this.#errandId === id) this.#errand = errand;
  }

  #begin(effect: Extract<LegEffect, { type: "dial" | "slaStation" | "slaTrunk" }>, ended: (result: Ended) => void): Errand {
    const { dial, station, trunk } = this.#world;
    if (effect.type === "dial") {
      return dial(this, effect, (result) => {
        ended({ type: "dialled", ...result });
      });
    }
    if (effect.type === "slaStation") {
      return station(this, effect.station, (result) => {
        ended({ type: "stationEnded", ...result });
      });
    }
    return trunk(this, effect.trunk, effect.musicClass, (result) => {
      ended({ type: "trunkEnded", ...result });
    });
  }

  #playback(effect: Extract<LegEffect, { type: "playback" }>): void {
    const play = (): void => {
      this.#playing = effect.id;
      this.party.play({ type: "prompts", names: effect.files });
    };
    if (effect.answerFirst) void this.#answer(play);
    else play();
  }

  #read(effect: ReadEffect): void {
    const { clock, dialplan, tones } = this.#world;
    const [tone] = effect.prompts;
    const source: MediaSource | undefined =
      effect.tone && tone !== undefined
        ? tones(tone)
        : effect.prompts.length === 0
          ? undefined
          : { type: "prompts", names: effect.prompts };
    const begin = (): void => {
      this.#reader = new DigitReader(effect, {
        clock,
        canMatchMore: (digits, context) => dialplan().lookup.canMatchMore(context, digits),
        prompt: () => {
          this.party.play(source);
        },
        silence: () => {
          this.party.play(undefined);
        },
        done: (status, digits) => {
          this.#ended(effect.id, { type: "digits", status, digits });
        },
      });
    };
    if (effect.answerFirst) void this.#answer(begin);
    else begin();
  }

  /** Refuses who is not answered yet, lets the others hear it (sla.md §5.5). */
  #signal(effect: Extract<LegEffect, { type: "busy" | "congestion" }>): void {
    if (!this.isUp) {
      this.party.hangUp(effect.type === "busy" ? { cause: CAUSES.busy } : { cause: CAUSES.congestion });
      return;
    }
    this.party.play(this.#world.tones(effect.type));
    if (effect.ms !== undefined) this.#after(effect.id, effect.ms, { type: "elapsed" });
  }

  async #answer(then: () => void): Promise<void> {
    const isThere = await this.party.answer();
    if (isThere && !this.#isGone) then();
  }

  #after(id: number, ms: number, result: Ended): void {
    this.#stopTimer?.();
    this.#stopTimer = this.#world.clock.after(ms, () => {
      this.#ended(id, result);
    });
  }
}
