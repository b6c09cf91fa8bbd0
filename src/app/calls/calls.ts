import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import { CallLeg, type CallLegListener, type CallLegParts } from "#calls/call-leg";
import type { DialplanWorld } from "#domain/dialplan/leg-run";
import type { LegEntry } from "#domain/dialplan/leg-event";
import type { Account } from "#domain/site/account";
import type { MediaEngine, MediaSource } from "#media/media-engine";
import type { Sender } from "#sip/auth/authenticator";
import { headerOf } from "#sip/message/message";
import { decodeUser, parseUri, UNSUPPORTED_SCHEME } from "#sip/message/uri";
import { fromWire } from "#sip/message/wire-text";
import type { CallTaker, IncomingSession, SessionUser } from "#sip/session/session";
import type { ServerTransaction } from "#sip/transaction/user";
import type { Flow } from "#sip/transport/flow";
import type { CallBoard } from "./call-board.ts";
import type { CalleePort } from "./dialler.ts";
import { Dialler } from "./dialler.ts";
import { DirectMedia, type DirectTalk } from "./direct-media.ts";
import { Channel, type ChannelWorld } from "./channel.ts";
import { causeOfEnd } from "./causes.ts";
import { diversionsOf, identityOf, identityOfCallerId, NOBODY } from "./identity.ts";
import { LocalParty, type LocalOwner } from "./local-party.ts";
import { HOPS_MAX, type CalleeListener, type Diversion, type Identity, type Voice } from "./party.ts";
import type { DomainFor } from "./own-domain.ts";
import { SipVoice } from "./sip-voice.ts";

/** Context of trusted sources that are no account (design §9.14). */
const DEFAULT_CONTEXT = "default";

export interface CallsParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly media: MediaEngine;
  readonly board: CallBoard;
  readonly domain: DomainFor;
  readonly isOurHost: (host: string) => boolean;
  /** Who sent an INVITE; undefined: it was answered. */
  readonly authenticate: (transaction: ServerTransaction) => Sender | undefined;
  readonly account: (name: string) => Account | undefined;
  /** Numbers that limits do not stop (B-29). */
  readonly isEmergency: (extension: string) => boolean;
  readonly dialplan: () => DialplanWorld;
  readonly tones: (text: string) => MediaSource | undefined;
  readonly callees: () => CalleePort;
  readonly station: ChannelWorld["station"];
  readonly trunk: ChannelWorld["trunk"];
  readonly setDeviceState: ChannelWorld["setDeviceState"];
  readonly over: NonNullable<CallLegParts["over"]>;
}

/** Who called, as lines and rights see him. */
export interface Caller {
  /** Its account; undefined: a trusted source without one. */
  readonly account: string | undefined;
  readonly identity: Identity;
}

/** Takes calls, runs each through the dialplan, and knows all that run on this node. */
export class Calls implements CallTaker {
  readonly #parts: CallsParts;
  readonly #world: ChannelWorld;
  readonly #callers = new WeakMap<Channel, Caller>();
  readonly #voices = new Map<string, SipVoice>();
  #count = 0;

  constructor(parts: CallsParts) {
    this.#parts = parts;
    const { clock, log, dialplan, tones, station, trunk, setDeviceState } = parts;
    this.#world = {
      ...{ clock, log, dialplan, tones, station, trunk, setDeviceState },
      dial: (channel, effect, done) =>
        new Dialler(
          channel.party,
          effect,
          channel.isUp,
          { clock, tones, callees: parts.callees(), direct: (one, other) => this.#direct(one, other) },
          done,
        ),
    };
  }

  /** Who called on this channel. */
  callerOf(channel: Channel): Caller {
    return this.#callers.get(channel) ?? { account: undefined, identity: NOBODY };
  }

  /** A leg of this node. */
  voice(leg: string): SipVoice | undefined {
    return this.#voices.get(leg);
  }

  /** Legs of this node. */
  get voices(): readonly SipVoice[] {
    return [...this.#voices.values()];
  }

  take(transaction: ServerTransaction, makeSession: () => IncomingSession): SessionUser | undefined {
    const sender = this.#parts.authenticate(transaction);
    if (sender === undefined) return undefined;
    const uri = parseUri(transaction.request.uri);
    if (!uri.ok) {
      transaction.respond({ status: uri.error === UNSUPPORTED_SCHEME ? 416 : 400, reason: uri.error });
      return undefined;
    }
    if (!this.#parts.isOurHost(uri.value.host)) {
      // Nobody is helped to call somewhere else through us.
      transaction.respond({ status: 404, reason: "Not a host of ours" });
      return undefined;
    }
    const account = sender.type === "account" ? this.#parts.account(sender.name) : undefined;
    const extension = fromWire(decodeUser(uri.value.user ?? ""));
    if (account !== undefined && this.#isFull(account) && !this.#parts.isEmergency(extension)) {
      transaction.respond({ status: 480, reason: "Call limit reached" });
      return undefined;
    }
    const { leg, user } = CallLeg.incoming(makeSession(), this.#parts);
    const hops = Number(headerOf(transaction.request, "max-forwards") ?? HOPS_MAX);
    const { flow } = transaction;
    const diversions = isTrustedWithNames(account) ? diversionsOf(transaction.request) : [];
    this.#enter(leg, { flow, account, extension, identity: callerIdentity(transaction, account), hops, diversions });
    return user;
  }

  /** A phone has registered over this flow: its calls whose flow is gone go on there. */
  registered({ aor, flow }: { readonly aor: string; readonly flow: Flow }): void {
    for (const { leg } of this.#voices.values()) if (this.#parts.board.leg(leg.id)?.account === aor) leg.cameBackOn(flow);
  }

  /** A leg to somebody begins. */
  began = (
    voice: SipVoice,
    { account, caller, call }: { readonly account: string; readonly caller: Identity; readonly call: string },
    heard: CalleeListener,
  ): CalleeListener => {
    const { id } = voice.leg;
    const { board, clock } = this.#parts;
    this.#voices.set(id, voice);
    board.put({
      id,
      account,
      direction: "outgoing",
      phase: "trying",
      isHeld: false,
      remote: shown(caller),
      since: clock.now(),
      call,
    });
    const over = (): void => {
      this.#voices.delete(id);
      board.remove(id);
    };
    return {
      ...heard,
      ringing: () => {
        board.change(id, { phase: "ringing" });
        heard.ringing();
      },
      answered: () => {
        board.change(id, { phase: "up", answeredAt: clock.now() });
        heard.answered();
      },
      held: (isHeld) => {
        board.change(id, { isHeld });
        heard.held(isHeld);
      },
      failed: (status, cause) => {
        over();
        heard.failed(status, cause);
      },
      gone: (cause) => {
        over();
        heard.gone(cause);
      },
    };
  };

  /** Runs the dialplan for whoever called a Local channel. */
  local = (entry: Omit<LegEntry, "type" | "at" | "channel" | "uniqueId">, owner: LocalOwner): LocalParty => {
    const party = new LocalParty(owner);
    const channel = this.#channel(party, { ...entry, channel: `Local/${entry.extension}@${entry.context}-${this.#number()}` });
    party.attach(channel);
    queueMicrotask(() => {
      channel.start();
    });
    return party;
  };

  /** Phones of ours talk past us; peers do not, nor who was told not to. */
  #direct(one: Voice, other: Voice): DirectTalk | undefined {
    const legs = [one, other].flatMap(({ legId = "" }) => {
      const account = this.#parts.account(this.#parts.board.leg(legId)?.account ?? "");
      const isPhone = account !== undefined && !isPeer(account);
      return isPhone && account.directMedia !== false ? (this.#voices.get(legId)?.leg ?? []) : [];
    });
    const [leg, otherLeg] = legs;
    return leg === undefined || otherLeg === undefined ? undefined : new DirectMedia(leg, otherLeg);
  }

  #enter(
    leg: CallLeg,
    {
      flow,
      account,
      extension,
      identity,
      hops,
      diversions,
    }: {
      readonly flow: Flow;
      readonly account: Account | undefined;
      readonly extension: string;
      readonly identity: Identity;
      readonly hops: number;
      readonly diversions: readonly Diversion[];
    },
  ): void {
    const { board, clock, domain } = this.#parts;
    const voice = new SipVoice(leg, { domain: () => domain(flow), trusts: !isPeer(account), hops, diversions });
    const context = account?.context ?? DEFAULT_CONTEXT;
    const name = `SIP/${account?.name ?? "trusted"}-${this.#number()}`;
    const channel = this.#channel(voice, {
      ...{ context, extension, channel: name },
      // Nobody finds out in the dialplan, or behind it, who does not want to be known.
      ...{ callerNumber: shown(identity).number, callerName: shown(identity).name },
    });
    this.#callers.set(channel, { account: account?.name, identity });
    this.#voices.set(leg.id, voice);
    board.put({
      ...{ id: leg.id, direction: "incoming", phase: "trying", isHeld: false },
      ...(account === undefined ? {} : { account: account.name }),
      ...{ remote: { number: extension, name: "" }, since: clock.now(), call: voice.bridge },
    });
    leg.listen(this.#listener(leg, channel));
    queueMicrotask(() => {
      channel.start();
    });
  }

  #listener(leg: CallLeg, channel: Channel): CallLegListener {
    const { board, clock } = this.#parts;
    return {
      onAnswered: () => {
        board.change(leg.id, { phase: "up", answeredAt: clock.now() });
      },
      onHold: (isHeld) => {
        board.change(leg.id, { isHeld });
        channel.held(isHeld);
      },
      onDigit: (digit) => {
        channel.digit(digit);
      },
      onPlayed: (isWhole) => {
        channel.played(isWhole);
      },
      onEnded: (end) => {
        this.#voices.delete(leg.id);
        board.remove(leg.id);
        channel.gone(causeOfEnd(end));
      },
    };
  }

  #channel(party: SipVoice | LocalParty, entry: Omit<LegEntry, "type" | "at" | "uniqueId">): Channel {
    const uniqueId = `${Math.floor(this.#parts.clock.now() / 1000)}.${this.#count}`;
    return new Channel({ party, entry: { ...entry, uniqueId }, world: this.#world });
  }

  /** Eight hexadecimal digits, as channels have them. */
  #number(): string {
    this.#count += 1;
    return this.#count.toString(16).padStart(8, "0");
  }

  #isFull({ name, callLimit }: Account): boolean {
    return callLimit !== undefined && callLimit > 0 && this.#parts.board.countOf(name) >= callLimit;
  }
}

/** An account shows what its file says; others what they say themselves. */
function callerIdentity({ request }: ServerTransaction, account: Account | undefined): Identity {
  const said = identityOf(request, isTrustedWithNames(account));
  if (account?.callerid === undefined) return said;
  const written = identityOfCallerId(account.callerid);
  return {
    ...said,
    number: written.number === "" ? said.number : written.number,
    name: written.name === "" ? said.name : written.name,
  };
}

/** May it say who calls? Phones may not: they are who their account says. */
function isTrustedWithNames(account: Account | undefined): boolean {
  return account === undefined || isPeer(account);
}

/** A provider or another server, and no phone. */
function isPeer(account: Account | undefined): boolean {
  return account?.host !== undefined;
}

function shown({ number, name, isPrivate = false }: Identity): { readonly number: string; readonly name: string } {
  return isPrivate ? { number: "", name: "" } : { number, name };
}
