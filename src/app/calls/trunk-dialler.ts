import type { Clock } from "#base/clock";
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
import { DEAF, HOPS_MAX, type CalleeListener, type Identity } from "./party.ts";

export interface TrunkDiallerParts {
  readonly clock: Clock;
  readonly site: Pick<SiteRunner, "account">;
  readonly callees: Callees;
  readonly lines: LineStore;
  readonly members: Map<string, LineMember>;
  readonly siteNow: () => Site;
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
    const { clock, callees } = this.#parts;
    const destination = parseDestination(device);
    const owner = {
      bridge: leg,
      hops: HOPS_MAX,
      play: (source: MediaSource | undefined) => {
        this.#playToStations(trunk, source);
      },
    };
    const failed = (sipStatus: number, cause: number): void => {
      this.#parts.members.delete(leg);
      void this.#parts.lines.feed(trunk, { type: "trunkFailed", at: clock.now(), leg, sipStatus, cause });
    };
    const call = { caller: this.#callerOfStation(forStation), variables: [], owner };
    const heard = (attempt: Attempt): CalleeListener => this.#trunkListener(trunk, leg, attempt, failed);
    const attempts = destination === undefined ? [] : await callees.call(destination, call, heard);
    if (attempts.length === 0) failed(503, CAUSES.unavailable);
  }

  #trunkListener(
    trunk: string,
    leg: string,
    attempt: Attempt,
    failed: (sipStatus: number, cause: number) => void,
  ): CalleeListener {
    const at = (): number => this.#parts.clock.now();
    const { members, lines } = this.#parts;
    const { digit, voice } = attempt;
    const line = lines.line(trunk);
    const isWanted = line.phase === "dialling" && line.trunk.leg === leg && !members.has(leg);
    if (!isWanted) {
      // Taken back meanwhile; or another contact of a trunk, which is one.
      voice.hangUp({ cause: CAUSES.normal });
      return DEAF;
    }
    members.set(leg, { trunk, voice, ...(digit === undefined ? {} : { digit }) });
    return {
      ...DEAF,
      ringing: () => void lines.feed(trunk, { type: "trunkProgress", at: at(), leg, status: "ringing" }),
      earlyMedia: () => void lines.feed(trunk, { type: "trunkProgress", at: at(), leg, status: "trying" }),
      answered: () => void lines.feed(trunk, { type: "trunkAnswered", at: at(), leg }),
      failed,
      gone: (cause) => void lines.feed(trunk, { type: "left", at: at(), leg, cause }).then(() => members.delete(leg)),
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
