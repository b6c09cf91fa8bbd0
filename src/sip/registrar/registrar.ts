import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import { decodeUser, parseUri } from "#sip/message/uri";
import { quote } from "#sip/message/scan-text";
import type { Answer, OutgoingHeader, RequestHandler, ServerTransaction } from "#sip/transaction/user";
import type { FlowDirectory } from "#sip/transport/flow";
import { liveBindings, type Binding } from "./binding.ts";
import { readRegister } from "./register-request.ts";
import { register, type RegistrarLimits } from "./registrar-rules.ts";

/** Keeps bindings. `change` runs the reducer on what is stored, again when somebody was faster; resolves when durable. */
export interface BindingStore {
  change(aor: string, reduce: (bindings: readonly Binding[]) => readonly Binding[]): Promise<void>;
  read(aor: string): Promise<readonly Binding[]>;
}

export interface RegistrarParts {
  readonly authenticate: (transaction: ServerTransaction) => { readonly type: "account"; readonly name: string } | { readonly type: "trusted" } | undefined;
  /** Is this host one of ours (design §9.12)? */
  readonly isOurHost: (host: string) => boolean;
  readonly isAccount: (name: string) => boolean;
  readonly flows: Pick<FlowDirectory, "record">;
  readonly store: BindingStore;
  readonly limits: RegistrarLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const STORE_DOWN_RETRY_SECONDS = 5;

/** The registrar (RFC 3261 §10.3). An AOR is the name of an account. */
export class Registrar implements RequestHandler {
  readonly method = "REGISTER";
  readonly #parts: RegistrarParts;

  constructor(parts: RegistrarParts) {
    this.#parts = parts;
  }

  async handle(transaction: ServerTransaction): Promise<void> {
    const sender = this.#parts.authenticate(transaction);
    if (sender === undefined) return;
    const aor = this.#aorOf(transaction);
    if (aor === undefined || !this.#parts.isAccount(aor)) transaction.respond({ status: 404 });
    else if (sender.type === "account" && sender.name !== aor) transaction.respond({ status: 403 });
    else await this.#register(transaction, aor);
  }

  /** The user of To, when the domain is ours. */
  #aorOf({ request }: ServerTransaction): string | undefined {
    const [registrar, to] = [parseUri(request.uri), parseUri(request.to.uri)];
    if (!registrar.ok || !to.ok || !this.#parts.isOurHost(registrar.value.host) || !this.#parts.isOurHost(to.value.host)) return undefined;
    return to.value.user === undefined ? undefined : decodeUser(to.value.user);
  }

  async #register(transaction: ServerTransaction, aor: string): Promise<void> {
    const { clock, flows, limits, store } = this.#parts;
    const ask = readRegister(transaction.request, flows.record(transaction.flow), limits, clock.now());
    if (!ask.ok) {
      transaction.respond(ask.error);
      return;
    }
    let refusal: Answer | undefined;
    let bindings: readonly Binding[] = [];
    try {
      if (ask.value === "query") bindings = await store.read(aor);
      else {
        const { value } = ask;
        await store.change(aor, (current) => {
          const next = register(current, value, limits);
          refusal = next.ok ? undefined : next.error;
          bindings = next.ok ? next.value : current;
          return bindings;
        });
      }
    } catch (error) {
      this.#parts.log.warn("REGISTER refused: the store cannot be used", { aor, error: String(error) });
      refusal = { status: 503, headers: [["Retry-After", String(STORE_DOWN_RETRY_SECONDS + this.#parts.random.below(11))]] };
    }
    transaction.respond(refusal ?? { status: 200, headers: this.#contacts(liveBindings(bindings, clock.now())) });
  }

  /** All bindings with their remaining seconds, and nothing more: ten of them fit into one datagram. */
  #contacts(bindings: readonly Binding[]): OutgoingHeader[] {
    const now = this.#parts.clock.now();
    const headers = bindings.map((binding): OutgoingHeader => {
      const instance = binding.instance === undefined ? "" : `;+sip.instance=${quote(binding.instance)}`;
      const regId = binding.regId === undefined ? "" : `;reg-id=${binding.regId}`;
      return ["Contact", `<${binding.contact}>;expires=${Math.max(1, Math.floor((binding.expiresAt - now) / 1000))}${instance}${regId}`];
    });
    const paths = new Set(bindings.flatMap((binding) => binding.path));
    return [...headers, ...[...paths].map((path): OutgoingHeader => ["Path", path]), ["Date", new Date(now).toUTCString()]];
  }
}
