import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import { OperationalError } from "#base/operational-error";
import type { Random } from "#base/random";
import { headersOf } from "#sip/message/message";
import { decodeUser, parseUri } from "#sip/message/uri";
import { fromWire } from "#sip/message/wire-text";
import type { Answer, OutgoingHeader, RequestHandler, ServerTransaction } from "#sip/transaction/user";
import type { Flow, FlowDirectory } from "#sip/transport/flow";
import { liveBindings, type Binding } from "./binding.ts";
import { FlowBindings, livesWithFlow } from "./flow-bindings.ts";
import { OUTBOUND_HEADERS, usesOutbound } from "./outbound.ts";
import { readRegister } from "./register-request.ts";
import { register, type RegisterAsk, type RegistrarLimits } from "./registrar-rules.ts";

/**
 * Keeps bindings. `change` runs the reducer on what is stored, again when somebody was faster; the very same list back changes nothing;
 * resolves when durable. Both reject with OperationalError when the store cannot be used.
 */
export interface BindingStore {
  change(aor: string, reduce: (bindings: readonly Binding[]) => readonly Binding[]): Promise<void>;
  read(aor: string): Promise<readonly Binding[]>;
}

export interface RegistrarParts {
  readonly authenticate: (
    transaction: ServerTransaction,
  ) => { readonly type: "account"; readonly name: string } | { readonly type: "trusted" } | undefined;
  /** Is this host one of ours (design §9.12)? */
  readonly isOurHost: (host: string) => boolean;
  readonly isAccount: (name: string) => boolean;
  readonly flows: Pick<FlowDirectory, "record">;
  /** This node's name. */
  readonly node: string;
  /** Ports of our listeners; default: none are known. */
  readonly ownPorts?: () => readonly number[];
  readonly store: BindingStore;
  /** Told of every contact that is bound or bound again, once that is durable. */
  readonly onBound?: (device: BoundDevice) => void;
  readonly limits: RegistrarLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** A contact and the flow that its REGISTER came over. */
export interface BoundDevice {
  readonly aor: string;
  readonly contact: string;
  readonly instance: string | undefined;
  readonly flow: Flow;
}

const STORE_DOWN_RETRY_SECONDS = 5;
/** Phones that were sent away together come back apart. */
const RETRY_SPREAD_SECONDS = 11;

/** The registrar (RFC 3261 §10.3). An AOR is the name of an account. */
export class Registrar implements RequestHandler {
  readonly method = "REGISTER";
  readonly #parts: RegistrarParts;
  readonly #flowBindings = new FlowBindings();

  constructor(parts: RegistrarParts) {
    this.#parts = parts;
  }

  async handle(transaction: ServerTransaction): Promise<void> {
    const { authenticate, clock, flows, isAccount, limits, node } = this.#parts;
    const sender = authenticate(transaction);
    if (sender === undefined) return;
    const aor = this.#aorOf(transaction);
    const isForeign = sender.type === "account" && sender.name !== aor;
    if (aor === undefined || (!isForeign && !isAccount(aor))) transaction.respond({ status: 404 });
    // Whether the other account exists is not said.
    else if (isForeign) transaction.respond({ status: 403 });
    else {
      const { request, flow } = transaction;
      const source = {
        flow: flows.record(flow),
        node,
        sentBy: flow.sentBy,
        isOurs: this.#isOurs,
        isTrusted: sender.type === "trusted",
        at: clock.now(),
      };
      const ask = readRegister(request, source, limits);
      const answer = ask.ok ? await this.#answer(transaction, aor, ask.value, source.at) : ask.error;
      transaction.respond(answer);
      // After the answer: what waits for this device reaches a phone that knows it is registered.
      if (ask.ok && ask.value !== "query" && answer.status === 200) this.#tellBound(transaction, aor, ask.value);
    }
  }

  readonly #isOurs = (host: string, port: number): boolean =>
    this.#parts.ownPorts?.().includes(port) === true && this.#parts.isOurHost(host);

  /** The user of To, when the domain is ours. */
  #aorOf({ request }: ServerTransaction): string | undefined {
    const [registrar, to] = [parseUri(request.uri), parseUri(request.to.uri)];
    if (!registrar.ok || !to.ok || !this.#parts.isOurHost(registrar.value.host) || !this.#parts.isOurHost(to.value.host))
      return undefined;
    return to.value.user === undefined ? undefined : fromWire(decodeUser(to.value.user));
  }

  async #answer(transaction: ServerTransaction, aor: string, ask: RegisterAsk | "query", at: number): Promise<Answer> {
    try {
      if (ask === "query") return listing(liveBindings(await this.#parts.store.read(aor), at), at);
      return await this.#register(transaction, aor, ask);
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      this.#parts.log.warn("REGISTER refused: the store cannot be used", { aor, error: error.message });
      const seconds = STORE_DOWN_RETRY_SECONDS + this.#parts.random.below(RETRY_SPREAD_SECONDS);
      return { status: 503, headers: [["Retry-After", String(seconds)]] };
    }
  }

  /** A connection is gone, and with it the bindings that cannot be reached without it. */
  flowClosed(flow: Flow): void {
    for (const aor of this.#flowBindings.take(flow.key)) {
      const { store, log } = this.#parts;
      store
        .change(aor, (bindings) => {
          const left = bindings.filter((binding) => binding.flow.key !== flow.key || !livesWithFlow(binding));
          return left.length === bindings.length ? bindings : left;
        })
        .then(
          () => {
            log.info("bindings ended with their connection", { aor, flow: flow.key });
          },
          (error: unknown) => {
            // They end by themselves when they expire.
            log.warn("bindings of a lost connection stay", { aor, error: String(error) });
          },
        );
    }
  }

  async #register(transaction: ServerTransaction, aor: string, ask: RegisterAsk): Promise<Answer> {
    const outbound = usesOutbound(transaction.request, ask);
    if (!outbound.ok) return outbound.error;
    let before: readonly Binding[] = [];
    let outcome: ReturnType<typeof register> | undefined;
    await this.#parts.store.change(aor, (current) => {
      before = current;
      outcome = register(current, ask, this.#parts.limits);
      return outcome.ok ? outcome.value : current;
    });
    if (outcome === undefined) throw new Error("the binding store resolved without asking what to store");
    if (!outcome.ok) return outcome.error;
    this.#logChange(transaction, aor, liveBindings(before, ask.at), outcome.value);
    return listing(outcome.value, ask.at, headersOf(transaction.request, "path"), outbound.value ? OUTBOUND_HEADERS : []);
  }

  #tellBound({ flow }: ServerTransaction, aor: string, { contacts }: RegisterAsk): void {
    if (contacts === "all") return;
    const bound = contacts.filter(({ seconds }) => seconds > 0).map(({ binding }) => binding);
    for (const binding of bound) {
      if (livesWithFlow(binding)) this.#flowBindings.note(aor, binding.flow);
      this.#parts.onBound?.({ aor, contact: binding.contact, instance: binding.instance, flow });
    }
    // It was lost while the store was writing.
    if (flow.closed) this.flowClosed(flow);
  }

  /** A refresh says nothing. */
  #logChange({ flow, request }: ServerTransaction, aor: string, before: readonly Binding[], after: readonly Binding[]): void {
    const isKnown = (binding: Binding): boolean => before.some(({ contact }) => contact === binding.contact);
    if (before.length === after.length && after.every(isKnown)) return;
    const source = `${flow.transport}:${flow.remoteHost}:${flow.remotePort}`;
    this.#parts.log.info("bindings changed", { aor, source, callId: request.callId, from: before.length, to: after.length });
  }
}

/** All bindings with their remaining seconds, and nothing more: ten of them fit into one datagram. Path goes back as it came. */
function listing(
  bindings: readonly Binding[],
  at: number,
  paths: readonly string[] = [],
  more: readonly OutgoingHeader[] = [],
): Answer {
  const contacts = bindings.map(({ contact, expiresAt }): OutgoingHeader => [
    "Contact",
    `<${contact}>;expires=${Math.ceil((expiresAt - at) / 1000)}`,
  ]);
  const path = paths.map((value): OutgoingHeader => ["Path", value]);
  return { status: 200, headers: [...contacts, ...path, ...more, ["Date", new Date(at).toUTCString()]] };
}
