import { dialogOf } from "#sip/dialog/dialog";
import { headersOf, type SipRequest } from "#sip/message/message";
import { inOnePiece } from "#sip/message/own-text";
import { parseUri } from "#sip/message/uri";
import { DEFAULT_TIMES, wholeMs, type SipTimes } from "#sip/transaction/timers";
import type { RequestHandler, ServerTransaction } from "#sip/transaction/user";
import type { Flow } from "#sip/transport/flow";
import { CallDialog } from "./call-dialog.ts";
import { descriptionOf } from "./description.ts";
import { IncomingCall } from "./incoming-call.ts";
import { ALLOW, SESSIONS_MAX } from "./limits.ts";
import type { LiveSession, SessionKeeper } from "./live-session.ts";
import { OutgoingCall } from "./outgoing-call.ts";
import { Keys } from "./requester.ts";
import type { CallTaker, IncomingSession, OutgoingCall as Call, Session, Sessions, SessionUser } from "./session.ts";
import { CALL_ID_BITS, LOOP_HEADER, TAG_BITS, type SessionParts } from "./session-parts.ts";
import { grantInterval } from "./session-timer.ts";

export interface SessionLayerParts extends Omit<SessionParts, "loopToken" | "times"> {
  readonly times?: SipTimes;
  readonly taker: CallTaker;
  /** Sessions open at once; default SESSIONS_MAX. */
  readonly openMax?: () => number;
  /** Answers OPTIONS outside of dialogs. */
  readonly options: RequestHandler;
}

/** Seconds of Retry-After while there is no room: at least, and how many more at random. */
const RETRY_AFTER_MIN_SECONDS = 5;
const RETRY_AFTER_SPREAD_SECONDS = 10;

/** Methods that mean a dialog: without one, 481. */
const IN_DIALOGS = ["BYE", "PRACK", "UPDATE", "INFO", "NOTIFY"];
/** Methods that could do without, but do not here. */
const ONLY_IN_DIALOGS = ["REFER", "MESSAGE"];

/** All sessions of this node: finds the one that a request belongs to, makes new ones. */
export class SessionLayer implements Sessions, SessionKeeper {
  readonly handlers: readonly RequestHandler[];
  readonly #parts: SessionParts;
  readonly #layer: SessionLayerParts;
  /** By our tag; those too whose end may be crossed by a request. */
  readonly #sessions = new Map<string, LiveSession>();
  /** INVITEs that may be taken back. */
  readonly #invites = new WeakMap<ServerTransaction, IncomingCall>();
  #count = 0;

  constructor(layer: SessionLayerParts) {
    this.#layer = layer;
    const { wheel, random, log, clients, times = DEFAULT_TIMES } = layer;
    this.#parts = { wheel, random, log, clients, times, loopToken: random.token(TAG_BITS) };
    this.handlers = this.#makeHandlers();
  }

  get count(): number {
    return this.#count;
  }

  find(callId: string, localTag: string, remoteTag: string): Session | undefined {
    const session = this.#sessions.get(localTag);
    if (session?.callId !== callId || session.phase === "over") return undefined;
    return session.dialogWith(remoteTag) === undefined ? undefined : session;
  }

  invite(call: Call, user: SessionUser): Session {
    const { random } = this.#parts;
    const [id, callId] = [random.token(TAG_BITS), random.token(CALL_ID_BITS)];
    const keys = new Keys(call.credentials, random);
    const session = new OutgoingCall({ parts: this.#parts, keeper: this, id, callId, flow: call.flow, keys, user }, call, user);
    const isFull = this.#isFull;
    this.#keep(session);
    if (isFull) session.refuse(503);
    else session.start();
    return session;
  }

  /** The ACK of a 2xx; one that matches nothing is nobody's. */
  onAck(ack: SipRequest): void {
    const session = this.#sessions.get(ack.to.tag ?? "");
    if (session?.callId !== ack.callId || session.dialogWith(ack.from.tag ?? "") === undefined) return;
    session.acknowledged(ack);
  }

  /** A stream is gone: its sessions go on when the peer comes back over another one in time. */
  flowClosed(flow: Flow): void {
    for (const session of this.#sessions.values()) if (session.flow === flow) session.flowClosed();
  }

  /** The node stops: every session is ended. */
  close(): void {
    for (const session of this.#sessions.values()) session.end({ status: 503 });
  }

  ended(): void {
    this.#count -= 1;
  }

  forget(session: LiveSession): void {
    const { wheel, times } = this.#parts;
    wheel.start(wholeMs(times), () => {
      this.#sessions.delete(session.id);
    });
  }

  get #isFull(): boolean {
    return this.#count >= (this.#layer.openMax?.() ?? SESSIONS_MAX);
  }

  #keep(session: LiveSession): void {
    this.#count += 1;
    this.#sessions.set(session.id, session);
  }

  #makeHandlers(): RequestHandler[] {
    const inDialog = (outside: (transaction: ServerTransaction) => void | Promise<void>) => {
      return (transaction: ServerTransaction): void | Promise<void> => {
        if (transaction.request.to.tag === undefined) return outside(transaction);
        this.#inDialog(transaction);
      };
    };
    return [
      {
        method: "INVITE",
        handle: inDialog((transaction) => {
          this.#take(transaction);
        }),
        cancel: (transaction, cancel) => {
          this.#cancel(transaction, cancel);
        },
      },
      ...IN_DIALOGS.map((method) => ({
        method,
        handle: inDialog((transaction) => {
          transaction.respond({ status: 481 });
        }),
      })),
      ...ONLY_IN_DIALOGS.map((method) => ({
        method,
        handle: inDialog((transaction) => {
          transaction.respond({ status: 405, headers: [["Allow", ALLOW]] });
        }),
      })),
      {
        method: "OPTIONS",
        handle: inDialog((transaction) => {
          return this.#layer.options.handle(transaction);
        }),
      },
    ];
  }

  #inDialog(transaction: ServerTransaction): void {
    const { request } = transaction;
    const session = this.#sessions.get(request.to.tag ?? "");
    if (session?.callId === request.callId) session.receive(transaction);
    else transaction.respond({ status: 481 });
  }

  #cancel(transaction: ServerTransaction, cancel: SipRequest): void {
    const tag = transaction.request.to.tag;
    const session = tag === undefined ? this.#invites.get(transaction) : this.#sessions.get(tag);
    if (session === undefined) transaction.respond({ status: 487 });
    else if (session instanceof IncomingCall) session.cancel(transaction, cancel);
    else session.offers.cancel(transaction);
  }

  /** A new call: what can be refused without its user is refused here. */
  #take(transaction: ServerTransaction): void {
    const { request } = transaction;
    const { random } = this.#parts;
    if (headersOf(request, LOOP_HEADER.toLowerCase()).includes(this.#parts.loopToken)) {
      transaction.respond({ status: 482 });
      return;
    }
    if (this.#isFull) {
      const seconds = RETRY_AFTER_MIN_SECONDS + random.below(RETRY_AFTER_SPREAD_SECONDS + 1);
      transaction.respond({ status: 503, headers: [["Retry-After", String(seconds)]] });
      return;
    }
    const maker = this.#makerOf(transaction);
    if (maker === undefined) return;
    transaction.respond({ status: 100 });
    this.#ask(transaction, maker);
  }

  #ask(transaction: ServerTransaction, make: () => IncomingCall): void {
    let made: IncomingCall | undefined;
    const makeSession = (): IncomingSession => (made ??= make());
    let user: SessionUser | undefined;
    try {
      user = this.#layer.taker.take(transaction, makeSession);
    } catch (error) {
      made?.failed(error);
      throw error;
    }
    if (user !== undefined) (made ?? make()).teller.user = user;
    else made?.end();
  }

  /** Makes the session of an INVITE; undefined = refused. */
  #makerOf(transaction: ServerTransaction): (() => IncomingCall) | undefined {
    const { request, flow } = transaction;
    const { random } = this.#parts;
    const id = random.token(TAG_BITS);
    const description = descriptionOf(request);
    const granted = grantInterval(request);
    const dialog = dialogOf(request, id);
    if (!description.ok) transaction.respond(description.error);
    else if (!granted.ok) transaction.respond(granted.error);
    else if (!dialog.ok) transaction.respond({ status: 400, reason: dialog.error });
    // Legal in what is heard, and never written: such a dialog could not be spoken in.
    else if (`${request.from.text}${request.to.text}${request.callId}`.includes("\0"))
      transaction.respond({ status: 400, reason: "NUL in a header" });
    else
      return () => {
        const callId = inOnePiece(request.callId);
        const session = new IncomingCall(
          { parts: this.#parts, keeper: this, id, callId, flow, keys: new Keys(undefined, random) },
          {
            transaction,
            dialog: new CallDialog(dialog.value, { localCSeq: 0, remoteCSeq: request.cseq.number }, userOf(request)),
            sdp: description.value,
            interval: granted.value.interval,
            timerHeaders: granted.value.headers,
          },
        );
        this.#keep(session);
        this.#invites.set(transaction, session);
        return session;
      };
    return undefined;
  }
}

/** Our Contact says who was called. */
function userOf({ uri }: SipRequest): string | undefined {
  const parsed = parseUri(uri);
  return parsed.ok ? parsed.value.user : undefined;
}
