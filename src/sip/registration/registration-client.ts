import type { Clock, StopTimer } from "#base/clock";
import { step } from "#base/machine";
import type { Random } from "#base/random";
import type { Target } from "#sip/locate/locate";
import { parseExpires } from "#sip/message/expires";
import { headerOf, headersOf, type SipResponse } from "#sip/message/message";
import { parseNameAddressList } from "#sip/message/name-addr";
import { isSameAddress } from "#sip/message/uri";
import type { ClientTransactions } from "#sip/transaction/user";
import type { Flow } from "#sip/transport/flow";
import { RequestSender, type Reply } from "./request-sender.ts";
import { registrationTable, startRegistration, type RegistrationEffect, type RegistrationEvent } from "./registration-table.ts";

/** Who registers where; URIs and names are binary strings. */
export interface RegistrationWish {
  /** Request-URI: the registrar, without user. */
  readonly registrar: string;
  /** The address that is registered. */
  readonly address: string;
  /** User part of our Contact, escaped. */
  readonly contactUser: string;
  /** Absent: the registrar asks for none. */
  readonly credentials?: { readonly user: string; readonly password: string };
  readonly expirySeconds?: number;
}

/** How a registration stands. */
export interface RegistrationStatus {
  readonly state: "registered" | "trying" | "refused" | "unreachable";
  /** Since when, ms. */
  readonly since: number;
  /** Until when the registrar keeps it, ms. */
  readonly expiresAt?: number;
  /** Why not, in words. */
  readonly reason?: string;
}

export interface RegistrationClientParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly clients: ClientTransactions;
  /** The places of the registrar, in order; never rejects. */
  readonly locate: () => Promise<readonly Target[]>;
  /** Rejects when the place cannot be reached. */
  readonly connect: (target: Target) => Promise<Flow>;
  /** The status is another one. */
  readonly onStatus: (status: RegistrationStatus) => void;
}

const CONTACTS_MAX = 64;

/** Keeps one registration (RFC 3261 §10.2): refreshed, moved to another place, backed off. */
export class RegistrationClient {
  readonly #parts: RegistrationClientParts;
  readonly #wish: RegistrationWish;
  readonly #sender: RequestSender;
  #state;
  #targets: readonly Target[] = [];
  #flow: Flow | undefined;
  #status: RegistrationStatus;
  #stopTimer: StopTimer | undefined;
  /** The last request of ours. */
  #underWay: Promise<void> = Promise.resolve();

  constructor(wish: RegistrationWish, parts: RegistrationClientParts) {
    this.#parts = parts;
    this.#wish = wish;
    this.#sender = new RequestSender(parts.clients, parts.random, wish.credentials);
    this.#status = { state: "trying", since: parts.clock.now() };
    const first = startRegistration(wish.expirySeconds);
    this.#state = first.state;
    for (const effect of first.effects) this.#perform(effect);
  }

  get status(): RegistrationStatus {
    const { state, expiresAt } = this.#status;
    // A refresh may go unanswered for longer than the registration lasts.
    const isLapsed = state === "registered" && expiresAt !== undefined && expiresAt <= this.#parts.clock.now();
    return isLapsed ? { state: "trying", since: expiresAt } : this.#status;
  }

  /** The way to the registrar that took our registration; undefined: we are not registered, or no longer. */
  get flow(): Flow | undefined {
    const { heldUntil = 0, phase } = this.#state;
    if (heldUntil <= this.#parts.clock.now() || phase === "over") return undefined;
    return this.#flow?.closed === false ? this.#flow : undefined;
  }

  /** A connection is gone. */
  flowClosed(flow: Flow): void {
    if (flow === this.#flow) this.#feed({ type: "flowLost" });
  }

  /**
   * Leaves it as it is there: the process stops and the next one finds it, or another client registers the same. Resolves when no REGISTER of
   * ours is under way any more.
   */
  stop(): Promise<void> {
    this.#feed({ type: "stopped" });
    return this.#quiet();
  }

  /** Takes it back, once a REGISTER that is under way was answered. Resolves when the registrar answered. */
  remove(): Promise<void> {
    this.#feed({ type: "removed" });
    return this.#quiet();
  }

  /** Each answer may lead to one more request. */
  async #quiet(): Promise<void> {
    for (let known; known !== this.#underWay;) {
      known = this.#underWay;
      await known;
    }
  }

  #feed(event: RegistrationEvent): void {
    const next = step(registrationTable, this.#state, event);
    this.#state = next.state;
    this.#note();
    for (const effect of next.effects) this.#perform(effect);
  }

  #perform(effect: RegistrationEffect): void {
    switch (effect.type) {
      case "locate":
        void this.#locate();
        return;
      case "ask":
        this.#underWay = this.#ask(effect.place, effect.seconds);
        return;
      case "wait": {
        const spreadMs = Math.floor(effect.toMs - effect.fromMs);
        this.#stopTimer?.();
        this.#stopTimer = this.#parts.clock.after(effect.fromMs + this.#parts.random.below(spreadMs + 1), () => {
          this.#feed({ type: "due" });
        });
        return;
      }
      case "stopWaiting":
        this.#stopTimer?.();
        this.#stopTimer = undefined;
        return;
      case "takeBack":
        this.#underWay = this.#takeBack();
    }
  }

  async #locate(): Promise<void> {
    const found = await this.#parts.locate();
    // The place that took us stays the first one as long as it is among them.
    const last = this.#flow;
    const isLast = ({ host, port }: Target): boolean => host === last?.remoteHost && port === last.remotePort;
    this.#targets = [...found.filter(isLast), ...found.filter((target) => !isLast(target))];
    this.#feed({ type: "located", places: found.length });
  }

  async #ask(place: number, seconds: number): Promise<void> {
    let flow: Flow;
    try {
      flow = await this.#parts.connect(this.#targets[place] as Target);
    } catch (error) {
      this.#feed({ type: "failed", reason: error instanceof Error ? error.message : String(error) });
      return;
    }
    const isWanted = (): boolean => this.#state.phase === "asking";
    const reply: Reply = isWanted() ? await this.#sender.send(this.#register(flow, seconds), isWanted) : { type: "unreachable" };
    const event = this.#eventOf(reply, flow, seconds);
    if (event.type === "accepted") this.#flow = flow;
    this.#feed(event);
    if (flow.closed) this.flowClosed(flow);
  }

  async #takeBack(): Promise<void> {
    if (this.#flow?.closed === false) await this.#sender.send(this.#register(this.#flow, 0));
  }

  #register(flow: Flow, seconds: number): Parameters<RequestSender["send"]>[0] {
    const { registrar, address } = this.#wish;
    return {
      method: "REGISTER",
      uri: registrar,
      from: `<${address}>`,
      to: `<${address}>`,
      flow,
      headers: [
        ["Contact", `<${this.#contact(flow)}>`],
        ["Expires", String(seconds)],
      ],
    };
  }

  #contact(flow: Flow): string {
    const suffix = flow.transport === "udp" ? "" : `;transport=${flow.transport}`;
    return `sip:${this.#wish.contactUser}@${flow.sentBy}${suffix}`;
  }

  #eventOf(reply: Reply, flow: Flow, asked: number): RegistrationEvent {
    if (reply.type === "timeout") return { type: "failed", reason: "no answer" };
    if (reply.type === "unreachable") return { type: "failed", reason: "it cannot be reached" };
    if (reply.type === "answer" && reply.response.status < 300) {
      const seconds = grantedSeconds(reply.response, this.#contact(flow)) ?? asked;
      return { type: "accepted", seconds, at: this.#parts.clock.now() };
    }
    return refusalOf(reply.response, reply.type === "unauthorised");
  }

  #note(): void {
    const status = this.#statusNow();
    const { state, reason, expiresAt } = this.#status;
    if (status.state === state && status.reason === reason && status.expiresAt === expiresAt) return;
    this.#status = status.state === state ? { ...status, since: this.#status.since } : status;
    if (this.#state.phase !== "over" && this.#state.phase !== "leaving") this.#parts.onStatus(this.#status);
  }

  #statusNow(): RegistrationStatus {
    const since = this.#parts.clock.now();
    const state = this.#state;
    const expiresAt = state.heldUntil;
    if (state.phase === "waiting") return { state: state.why, since, reason: state.reason };
    // A refresh is no news until it fails.
    if (expiresAt !== undefined && expiresAt > since) return { state: "registered", since, expiresAt };
    if (state.failures > 0 && state.phase !== "registered" && this.#status.state !== "registered") return this.#status;
    return { state: "trying", since };
  }
}

/** What a final answer that is no 2xx means. */
function refusalOf(response: SipResponse, isUnauthorised: boolean): RegistrationEvent {
  const { status } = response;
  const reason = `${status} ${response.reason}`.trim();
  const minSeconds = status === 423 ? parseExpires(headerOf(response, "min-expires")) : undefined;
  if (minSeconds !== undefined) return { type: "tooBrief", minSeconds };
  const isPassing = status === 408 || status === 480 || (status >= 500 && status < 600);
  if (isUnauthorised || !isPassing) return { type: "refused", reason };
  const retryAfterSeconds = parseExpires(/^\d+/.exec(headerOf(response, "retry-after") ?? "")?.[0]);
  return { type: "failed", reason, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}

/** What the registrar gave to our own contact; undefined: it says nothing of it. */
function grantedSeconds(response: SipResponse, contact: string): number | undefined {
  for (const text of headersOf(response, "contact")) {
    const contacts = parseNameAddressList(text, CONTACTS_MAX);
    const found = contacts.ok ? contacts.value.find(({ uri }) => isSameAddress(uri, contact)) : undefined;
    const expires = parseExpires(found?.parameters.get("expires"));
    if (expires !== undefined) return expires;
  }
  return parseExpires(headerOf(response, "expires"));
}
