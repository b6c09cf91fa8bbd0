import { createHash } from "node:crypto";
import { Bell } from "../bell.ts";
import { answerTo, headerIn } from "../wire.ts";
import { addressIn } from "./sip-line.ts";

export interface Registration {
  /** Where it wants its calls. */
  readonly contact: string;
  readonly seconds: number;
}

const WAIT_MS = 5000;
const REALM = "provider";
const MAX_SECONDS = 3600;
let serial = 0;

/** The registrar of a test provider: digest in MD5 as small providers have it, worked out here. */
export class TestRegistrar {
  /** User → what it registered last; nothing once it went. */
  readonly registrations = new Map<string, Registration>();
  /** What a REGISTER is answered instead, such as "403 Forbidden". */
  refusal: string | undefined;
  /** Shorter registrations are refused with 423. */
  minSeconds = 0;
  readonly #accounts: Readonly<Record<string, string>>;
  readonly #bell = new Bell();
  readonly #nonces = new Set<string>();

  /** `accounts`: user → password. */
  constructor(accounts: Readonly<Record<string, string>>) {
    this.#accounts = accounts;
  }

  /** The answer to a REGISTER. */
  answer(message: string): string {
    const user = this.userOf(message);
    if (this.refusal !== undefined) return answered(message, this.refusal);
    if (user === undefined) return this.challenge(message, "401 Unauthorized", "WWW-Authenticate");
    const contact = headerIn(message, "Contact") ?? "";
    const asked = /;expires=(\d+)/i.exec(contact)?.[1] ?? headerIn(message, "Expires") ?? String(MAX_SECONDS);
    const seconds = Math.min(Number(asked), MAX_SECONDS);
    if (seconds > 0 && seconds < this.minSeconds)
      return answered(message, "423 Interval Too Brief", [`Min-Expires: ${this.minSeconds}`]);
    if (seconds === 0) this.registrations.delete(user);
    else this.registrations.set(user, { contact: addressIn(contact) ?? contact, seconds });
    this.#bell.ring();
    return answered(message, "200 OK", seconds === 0 ? [] : [`Contact: <${addressIn(contact) ?? contact}>;expires=${seconds}`]);
  }

  /** Asks who it is. */
  challenge(message: string, status: string, header: "WWW-Authenticate" | "Proxy-Authenticate"): string {
    serial += 1;
    const nonce = `nonce${serial}`;
    this.#nonces.add(nonce);
    return answered(message, status, [`${header}: Digest realm="${REALM}", nonce="${nonce}", algorithm=MD5, qop="auth"`]);
  }

  /** The account whose password a request shows; undefined: none. */
  userOf(message: string): string | undefined {
    const header = headerIn(message, "Authorization") ?? headerIn(message, "Proxy-Authorization");
    if (header === undefined) return undefined;
    const given = new Map([...header.matchAll(/(\w+)="?([^",]*)"?/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
    const [user = "", nonce = "", uri = ""] = ["username", "nonce", "uri"].map((name) => given.get(name));
    const password = this.#accounts[user];
    if (password === undefined || !this.#nonces.has(nonce)) return undefined;
    const secret = md5(`${user}:${REALM}:${password}`);
    const count = `${given.get("nc") ?? ""}:${given.get("cnonce") ?? ""}:auth`;
    const wanted = md5(`${secret}:${nonce}:${count}:${md5(`${message.split(" ", 1)[0] ?? ""}:${uri}`)}`);
    return given.get("response") === wanted ? user : undefined;
  }

  /** Resolves when this user is registered. */
  async untilRegistered(user: string, timeoutMs = WAIT_MS): Promise<Registration> {
    const found = await this.#bell.until(() => this.registrations.get(user), timeoutMs);
    return found ?? Promise.reject(new Error(`${user} has not registered within ${timeoutMs} ms`));
  }

  /** Resolves when this user is registered no longer. */
  async untilGone(user: string, timeoutMs = WAIT_MS): Promise<void> {
    const isGone = await this.#bell.until(() => (this.registrations.has(user) ? undefined : true), timeoutMs);
    if (isGone === undefined) throw new Error(`${user} is still registered after ${timeoutMs} ms`);
  }
}

/** An answer outside of a dialog has a tag too (RFC 3261 §8.2.6.2). */
function answered(message: string, status: string, headers: readonly string[] = []): string {
  return answerTo(message, status, headers).replace(/^To: [^;\r]*(?=\r$)/m, (to) => `${to};tag=registrar`);
}

function md5(text: string): string {
  return createHash("md5").update(text, "latin1").digest("hex");
}
