import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import { OperationalError } from "#base/operational-error";
import type { Random } from "#base/random";
import { toWire } from "#sip/message/wire-text";
import type { Answer, RequestHandler, ServerTransaction } from "#sip/transaction/user";
import type { PublicationLimits } from "./limits.ts";
import type { PublishedBody } from "./package.ts";
import type { Authenticate, PublicationDirectory, PublicationObserver, PublicationOutcome, PublicationStore } from "./ports.ts";
import { livePublications, type Publisher } from "./publication.ts";
import { findTagged, PRECONDITION_FAILED, publish, type PublishAsk, type Published } from "./publication-rules.ts";
import { readStatement, readTag, readTarget, type PublicationRegistry, type PublishTarget } from "./publish-request.ts";

export interface CompositorParts {
  readonly authenticate: Authenticate;
  readonly packages: PublicationRegistry;
  readonly directory: PublicationDirectory;
  readonly store: PublicationStore;
  readonly observer: PublicationObserver;
  readonly limits: PublicationLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const TAG_BITS = 128;
const ID_BITS = 64;
const RETRY_SECONDS = 5;
/** Publishers that were sent away together come back apart. */
const RETRY_SPREAD_SECONDS = 11;

/** Who says what of which resource. */
interface Asked extends PublishTarget {
  readonly resource: string;
  readonly publisher: Publisher;
}

/** The event state compositor (RFC 3903 §6). A repeated PUBLISH never comes here: its transaction answers with the same tag (P-13). */
export class Compositor implements RequestHandler {
  readonly method = "PUBLISH";
  readonly #parts: CompositorParts;

  constructor(parts: CompositorParts) {
    this.#parts = parts;
  }

  async handle(transaction: ServerTransaction): Promise<void> {
    const { authenticate, directory, observer, packages } = this.#parts;
    const target = readTarget(transaction.request, packages, (host) => directory.isOurHost(host));
    if (!target.ok) {
      transaction.respond(target.error);
      return;
    }
    const sender = authenticate(transaction);
    if (sender === undefined) return;
    const name = sender.type === "account" ? sender.name : transaction.flow.remoteHost;
    const publisher: Publisher = { type: sender.type, name };
    const resource = directory.find(target.value.package.name, target.value.user, publisher);
    const { answer, outcome } = resource.ok
      ? await this.#answer(transaction, { ...target.value, publisher, resource: resource.value })
      : refused(resource.error);
    observer.published(target.value.package.name, outcome);
    transaction.respond(answer);
  }

  async #answer(transaction: ServerTransaction, asked: Asked): Promise<Outcome> {
    try {
      return await this.#publish(transaction, asked);
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      this.#parts.log.warn("PUBLISH refused: the store cannot be used", { resource: asked.resource, error: error.message });
      return refused(this.#later());
    }
  }

  async #publish(transaction: ServerTransaction, asked: Asked): Promise<Outcome> {
    const { clock, limits, random } = this.#parts;
    const { request, flow } = transaction;
    const at = clock.now();
    const tag = readTag(request, limits);
    if (!tag.ok) return refused(tag.error);
    // Before the body is read: whoever lost his tag may ask in a loop (P-15).
    if (tag.value !== undefined && !(await this.#isGood(asked, tag.value, at))) return refused(PRECONDITION_FAILED);
    const statement = readStatement(request, asked, asked.publisher, limits);
    if (!statement.ok) return refused(statement.error);
    if (tag.value === undefined && !this.#hasRoom(asked.publisher)) return refused(this.#later());
    const { seconds, body } = statement.value;
    const fresh = { id: random.token(ID_BITS), tag: random.token(TAG_BITS) };
    const source = `${flow.transport}:${flow.remoteHost}:${flow.remotePort}`;
    return this.#commit(
      asked,
      { tag: tag.value, state: body?.state, seconds, publisher: asked.publisher, source, at, fresh },
      body,
    );
  }

  async #commit(asked: Asked, ask: PublishAsk, body: PublishedBody | undefined): Promise<Outcome> {
    const { limits, store } = this.#parts;
    let outcome: ReturnType<typeof publish> | undefined;
    await store.change(asked.resource, (current) => {
      outcome = publish(current, ask, asked.package, limits);
      return outcome.ok ? outcome.value.publications : current;
    });
    if (outcome === undefined) throw new Error("the publication store resolved without asking what to store");
    if (!outcome.ok) return refused(outcome.error);
    const { publication } = outcome.value;
    // After the chain: of two that show the same tag only the winner says something.
    const isKept =
      publication === undefined || body?.said === undefined || (await store.keep(asked.resource, publication, body.said));
    if (!isKept) return refused(this.#later());
    const kind = kindOf(ask, outcome.value);
    this.#logChange(asked, ask, kind);
    return { answer: granted(ask), outcome: kind };
  }

  async #isGood({ resource, publisher }: Asked, tag: string, at: number): Promise<boolean> {
    return findTagged(livePublications(await this.#parts.store.read(resource), at), tag, publisher) !== undefined;
  }

  #hasRoom(publisher: Publisher): boolean {
    const { limits, store } = this.#parts;
    if (store.count() >= limits.total) return false;
    return publisher.type === "trusted" || store.countOf(publisher) < limits.perAccount;
  }

  #later(): Answer {
    const seconds = RETRY_SECONDS + this.#parts.random.below(RETRY_SPREAD_SECONDS);
    return { status: 503, headers: [["Retry-After", String(seconds)]] };
  }

  /** A refresh or another state says nothing: the lamp's change is told where it happens. */
  #logChange({ resource, publisher }: Asked, { source, seconds }: PublishAsk, kind: PublicationOutcome): void {
    if (kind !== "created" && kind !== "removed") return;
    const what = resource.replaceAll("\n", " ");
    this.#parts.log.info(`publication ${kind}`, { resource: what, publisher: publisher.name, source, seconds });
  }
}

interface Outcome {
  readonly answer: Answer;
  readonly outcome: PublicationOutcome;
}

function refused(answer: Answer): Outcome {
  return { answer, outcome: answer.status === PRECONDITION_FAILED.status ? "stale" : "refused" };
}

/** Every success gives a new tag, also one that removes (P-12). */
function granted({ fresh, seconds }: PublishAsk): Answer {
  return {
    status: 200,
    headers: [
      ["SIP-ETag", toWire(fresh.tag)],
      ["Expires", String(seconds)],
    ],
  };
}

function kindOf(ask: PublishAsk, { publication }: Published): PublicationOutcome {
  if (publication === undefined) return "removed";
  if (ask.tag === undefined) return "created";
  return ask.state === undefined ? "refreshed" : "modified";
}
