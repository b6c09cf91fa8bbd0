import type { Clock, StopTimer } from "#base/clock";
import type { Random } from "#base/random";
import type { Account } from "#domain/site/account";
import type { Site } from "#domain/site/site";
import type { Dns } from "#sip/locate/dns";
import { RequestSender } from "#sip/registration/request-sender";
import type { ClientTransactions } from "#sip/transaction/user";
import type { Transports } from "#sip/transport/transports";
import { QUALIFY_SOURCE, qualifyReport } from "#sources/qualify/qualify-source";
import { devicesOfAccount } from "#sources/registrar/registrar-source";
import type { LampRunner } from "./lamp-runner.ts";
import { accountRoute, connectTo, isQualified, type PeerRoute } from "./peer-route.ts";
import { reasonOf } from "./reason-of.ts";

export interface QualifyRunnerParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly dns: Dns;
  readonly clients: ClientTransactions;
  readonly transports: Pick<Transports, "connect" | "listeners">;
  readonly lamps: Pick<LampRunner, "report" | "forget">;
  /** Answers of this host are awaited. */
  readonly welcome: (host: string) => void;
}

interface Asked {
  readonly key: string;
  readonly seconds: number;
  readonly route: PeerRoute;
  readonly sender: RequestSender;
  stopTimer: StopTimer | undefined;
}

/** Asks peers at a fixed place every `qualify` seconds whether they are there (OPTIONS); any final answer is a yes. */
export class QualifyRunner {
  readonly #parts: QualifyRunnerParts;
  readonly #asked = new Map<string, Asked>();
  #phase: "new" | "running" | "stopped" = "new";

  constructor(parts: QualifyRunnerParts) {
    this.#parts = parts;
  }

  /** Peers that are gone are forgotten, those that changed are asked anew. */
  setSite({ accounts }: Pick<Site, "accounts">): void {
    const wanted = new Map(accounts.flatMap((account) => this.#askedOf(account)));
    for (const [name, { key, stopTimer }] of this.#asked) {
      if (wanted.get(name)?.key === key) continue;
      stopTimer?.();
      this.#asked.delete(name);
      if (!wanted.has(name)) for (const device of devicesOfAccount(name)) this.#parts.lamps.forget(device, QUALIFY_SOURCE);
    }
    for (const [name, asked] of wanted) {
      if (this.#asked.has(name)) continue;
      this.#asked.set(name, asked);
      if (this.#phase === "running") this.#first(name, asked);
    }
  }

  /** Begins to ask, once the listeners are open. */
  start(): void {
    this.#phase = "running";
    for (const [name, asked] of this.#asked) this.#first(name, asked);
  }

  stop(): void {
    this.#phase = "stopped";
    for (const { stopTimer } of this.#asked.values()) stopTimer?.();
  }

  /** Spread over one round, so that many peers are not asked at once. */
  #first(name: string, asked: Asked): void {
    this.#next(name, asked, this.#parts.random.below(Math.min(asked.seconds, 10) * 1000));
  }

  #next(name: string, asked: Asked, delayMs: number): void {
    if (this.#phase !== "running" || this.#asked.get(name) !== asked) return;
    asked.stopTimer = this.#parts.clock.after(delayMs, () => {
      void this.#ask(name, asked);
    });
  }

  async #ask(name: string, asked: Asked): Promise<void> {
    const reason = await this.#reasonAgainst(asked);
    if (this.#phase === "running" && this.#asked.get(name) === asked) {
      for (const device of devicesOfAccount(name)) this.#parts.lamps.report(device, QUALIFY_SOURCE, qualifyReport(reason));
    }
    this.#next(name, asked, asked.seconds * 1000);
  }

  /** Why a peer counts as not there; undefined: it answered. */
  async #reasonAgainst({ route, sender }: Asked): Promise<string | undefined> {
    try {
      const flow = await connectTo(route.wanted, this.#parts);
      this.#parts.welcome(flow.remoteHost);
      const uri = route.requestUri();
      const from = `<sip:${route.fromUser ?? "lamplighter"}@${route.fromDomain ?? flow.sentBy}>`;
      const reply = await sender.send({
        ...{ method: "OPTIONS", uri, from, to: `<${uri}>`, flow },
        headers: [
          ...route.routes.map((value) => ["Route", value] as const),
          ["Contact", `<sip:${flow.sentBy}>`],
          ["Accept", "application/sdp"],
        ],
      });
      if (reply.type === "timeout") return "no answer";
      return reply.type === "unreachable" ? "it cannot be reached" : undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  #askedOf(account: Account): [string, Asked][] {
    const { name, qualifySeconds = 0 } = account;
    const route = isQualified(account) ? accountRoute(account) : undefined;
    if (route === undefined) return [];
    const { clients, random } = this.#parts;
    // A challenge is an answer: no password is shown for it.
    const sender = new RequestSender(clients, random, undefined);
    const key = JSON.stringify([qualifySeconds, route.wanted, route.routes, route.fromUser, route.fromDomain]);
    return [[name, { key, seconds: qualifySeconds, route, sender, stopTimer: undefined }]];
  }
}
