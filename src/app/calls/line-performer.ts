import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import type { LineEffect } from "#domain/line/line-effect";
import { CAUSES, causeOfStatus } from "./causes.ts";
import type { LineMember } from "./line-members.ts";
import type { LineStore } from "./line-store.ts";
import type { TrunkDialler } from "./trunk-dialler.ts";

export interface LinePerformerParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly lines: LineStore;
  readonly members: Map<string, LineMember>;
  readonly trunks: TrunkDialler;
}

type Of<T extends LineEffect["type"]> = Extract<LineEffect, { readonly type: T }>;
type Deed<T extends LineEffect["type"]> = (trunk: string, effect: Of<T>) => void;

/** Does what lines decide, to the legs of this node; those of others have no member here. */
export class LinePerformer {
  readonly #parts: LinePerformerParts;
  readonly #deeds: { readonly [T in LineEffect["type"]]: Deed<T> };

  constructor(parts: LinePerformerParts) {
    this.#parts = parts;
    const { log, trunks } = parts;
    this.#deeds = {
      dialTrunk: (trunk, effect) => void trunks.dial(trunk, effect),
      cancelTrunk: (_, { leg }) => this.#forget(leg)?.voice.hangUp({ cause: CAUSES.normal }),
      answer: (trunk, { leg }) => void this.#answer(trunk, leg),
      join: (trunk, { leg }) => {
        this.#join(trunk, leg);
      },
      part: (_, { leg }) => this.#member(leg)?.voice.talk(undefined),
      music: (_, { leg, on, musicClass = "" }) => this.#member(leg)?.voice.play(on ? { type: "music", musicClass } : undefined),
      ringing: (_, { leg, status }) => (status === 180 ? this.#member(leg)?.party?.ring() : this.#member(leg)?.party?.progress()),
      release: (_, { leg, cause, why }) => this.#forget(leg)?.voice.hangUp({ cause, isElsewhere: why === "completed elsewhere" }),
      stationResult: (_, effect) => {
        this.#result(effect);
      },
      trunkResult: (_, effect) => {
        this.#result(effect);
      },
      identify: (_, { leg, party: { number, name = "" } }) => this.#member(leg)?.voice.identify({ number, name }),
      unavailable: (_, { leg }) => this.#member(leg)?.again?.(),
      logRefusal: (trunk, { station, refusal }) => {
        log.info("a key was refused", { trunk, station, ...refusal });
      },
    };
  }

  perform<T extends LineEffect["type"]>(trunk: string, effect: Of<T>): void {
    const deed: Deed<T> = this.#deeds[effect.type];
    deed(trunk, effect);
  }

  #member(leg: string): LineMember | undefined {
    return this.#parts.members.get(leg);
  }

  #forget(leg: string): LineMember | undefined {
    const member = this.#member(leg);
    this.#parts.members.delete(leg);
    return member;
  }

  #result(effect: Of<"stationResult" | "trunkResult">): void {
    const member = this.#forget(effect.leg);
    if (member === undefined) return;
    member.voice.play(undefined);
    member.voice.talk(undefined);
    const { status, refusal, gone = false } = effect;
    const said = "cause" in effect ? effect.cause : undefined;
    const cause = said ?? (refusal === undefined ? undefined : causeOfStatus(refusal.status));
    if (refusal !== undefined) member.party?.refusal?.(refusal);
    member.done?.({ status, ...(cause === undefined ? {} : { cause }), ...(gone ? { gone } : {}) });
  }

  async #answer(trunk: string, leg: string): Promise<void> {
    const { clock, lines } = this.#parts;
    const isThere = (await this.#member(leg)?.party?.answer()) ?? true;
    if (!isThere) await lines.feed(trunk, { type: "left", at: clock.now(), leg });
  }

  #join(trunk: string, leg: string): void {
    const { lines, trunks } = this.#parts;
    const voice = this.#member(leg)?.voice;
    const line = lines.line(trunk);
    // Over already: what comes next lets it go.
    if (line.phase === "idle") return;
    voice?.play(line.trunk.leg === leg ? undefined : trunks.playing(trunk));
    voice?.talk(line.trunk.leg);
  }
}
