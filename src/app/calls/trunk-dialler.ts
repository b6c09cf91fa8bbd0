import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import { parseDestination } from "#domain/dialplan/destination";
import type { LineEffect } from "#domain/line/line-effect";
import type { Site } from "#domain/site/site";
import type { MediaSource } from "#media/media-engine";
import type { SiteRunner } from "../site-runner.ts";
import type { Callees } from "./callees.ts";
import { CAUSES } from "./causes.ts";
import type { Attempt } from "./dialler.ts";
import { identityOfCallerId, NOBODY } from "./identity.ts";
import type { LineMember } from "./line-members.ts";
import type { LineStore } from "./line-store.ts";
import type { CalleeListener, Identity } from "./party.ts";

export interface TrunkDiallerParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly site: Pick<SiteRunner, "account">;
  readonly callees: Callees;
  readonly lines: LineStore;
  readonly members: Map<string, LineMember>;
  readonly siteNow: () => Site;
}

/** All who talk on a line. */
export function bridgeOf(trunk: string): string {
  return `line ${trunk}`;
}

/** Dials the devices of trunks (OP4): peers, gateways, our own dialplan. */
export class TrunkDialler {
  readonly #parts: TrunkDiallerParts;
  /** What our own dialplan plays behind a trunk, by trunk. */
  readonly #playing = new Map<string, MediaSource>();

  constructor(parts: TrunkDiallerParts) {
    this.#parts = parts;
  }

  /** What is heard on the line of a trunk beside those who talk. */
  playing(trunk: string): MediaSource | undefined {
    return this.#playing.get(trunk);
  }

  /** Nobody is on it. */
  idle(trunk: string): void {
    this.#playing.delete(trunk);
  }

  async dial(trunk: string, { leg, device, forStation }: Extract<LineEffect, { type: "dialTrunk" }>): Promise<void> {
    const { clock, callees, log } = this.#parts;
    const destination = parseDestination(device);
    const owner = {
      bridge: bridgeOf(trunk),
      play: (source: MediaSource | undefined) => {
        this.#playToStations(trunk, source);
      },
    };
    const failed = (sipStatus: number, cause: number): void => {
      this.#parts.members.delete(leg);
      void this.#parts.lines.feed(trunk, { type: "trunkFailed", at: clock.now(), leg, sipStatus, cause });
    };
    let attempts: readonly Attempt[] = [];
    try {
      attempts =
        destination === undefined
          ? []
          : await callees.call(destination, { caller: this.#callerOfStation(forStation), variables: [], owner }, (attempt) =>
              this.#trunkListener(trunk, leg, attempt, failed),
            );
    } catch (error) {
      log.error("a trunk could not be dialled", { trunk, device, error: String(error) });
    }
    if (attempts.length === 0) failed(503, CAUSES.unavailable);
  }

  #trunkListener(
    trunk: string,
    leg: string,
    attempt: Attempt,
    failed: (sipStatus: number, cause: number) => void,
  ): CalleeListener {
    const at = (): number => this.#parts.clock.now();
    const { digit } = attempt;
    const line = this.#parts.lines.line(trunk);
    if (line.phase === "dialling" && line.trunk.leg === leg)
      this.#parts.members.set(leg, { trunk, voice: attempt.voice, ...(digit === undefined ? {} : { digit }) });
    else attempt.voice.hangUp({ cause: CAUSES.normal });
    return {
      ringing: () => void this.#parts.lines.feed(trunk, { type: "trunkProgress", at: at(), leg, status: "ringing" }),
      earlyMedia: () => void this.#parts.lines.feed(trunk, { type: "trunkProgress", at: at(), leg, status: "trying" }),
      answered: () => void this.#parts.lines.feed(trunk, { type: "trunkAnswered", at: at(), leg }),
      failed,
      gone: () => void this.#parts.lines.feed(trunk, { type: "left", at: at(), leg }),
      held: () => undefined,
      digit: () => undefined,
      played: () => undefined,
    };
  }

  /** What a trunk of our own dialplan plays is heard by all who are on the line, and by who joins. */
  #playToStations(trunk: string, source: MediaSource | undefined): void {
    if (source === undefined) this.#playing.delete(trunk);
    else this.#playing.set(trunk, source);
    const line = this.#parts.lines.line(trunk);
    if (line.phase !== "up") return;
    for (const { leg } of line.connected) this.#parts.members.get(leg)?.voice.play(source);
  }

  #callerOfStation(name: string): Identity {
    if (!this.#parts.siteNow().settings.attemptCallerId) return NOBODY;
    const station = this.#parts.siteNow().stations.find((one) => one.name === name);
    const destination = station === undefined ? undefined : parseDestination(station.device);
    const account = destination?.kind === "peer" ? this.#parts.site.account(destination.peer) : undefined;
    return account?.callerid === undefined ? NOBODY : identityOfCallerId(account.callerid);
  }
}
