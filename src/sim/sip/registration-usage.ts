import type { Clock, StopTimer } from "#base/clock";
import type { Random } from "#base/random";
import { parseExpires } from "#sip/message/expires";
import { headerOf, headersOf, type SipResponse } from "#sip/message/message";
import { parseNameAddressList } from "#sip/message/name-addr";
import { quote } from "#sip/message/scan-text";
import { toWire } from "#sip/message/wire-text";
import { minimumExpires, refreshDelayMs } from "./expiry.ts";
import type { Registration } from "#sim/files/phone-settings";
import { accountUri, escapeUser } from "./sip-address.ts";
import { acceptedOf, type Reply, type SipAgent } from "./sip-agent.ts";

export interface RegistrationParts {
  readonly agent: SipAgent;
  readonly registration: Registration;
  readonly clock: Clock;
  readonly random: Random;
  /** What came of each registering, the first one and those that follow by themselves. */
  readonly onReply: (reply: Reply) => void;
}

const RETRY_MS = 30_000;
const CALL_ID_BITS = 96;
const TAG_BITS = 64;
const CONTACTS_MAX = 64;

/** The binding of reg.1 (RFC 3261 §10): made, refreshed, removed. */
export class RegistrationUsage {
  readonly #parts: RegistrationParts;
  readonly #callId: string;
  readonly #tag: string;
  #cseq = 0;
  #expiresSeconds: number;
  #stopTimer: StopTimer | undefined;
  #isStopped = false;

  constructor(parts: RegistrationParts) {
    this.#parts = parts;
    this.#callId = parts.random.token(CALL_ID_BITS);
    this.#tag = parts.random.token(TAG_BITS);
    this.#expiresSeconds = parts.registration.expiresSeconds;
  }

  /** Registers and goes on refreshing. After a refusal it tries again later. */
  async register(): Promise<Reply> {
    this.#stopTimer?.();
    let reply = await this.#ask(this.#expiresSeconds);
    const minimum = reply.type === "answer" ? minimumExpires(reply.response, this.#expiresSeconds) : undefined;
    if (minimum !== undefined) {
      this.#expiresSeconds = minimum;
      reply = await this.#ask(minimum);
    }
    const accepted = acceptedOf(reply);
    this.#again(accepted === undefined ? RETRY_MS : refreshDelayMs(this.#granted(accepted)));
    if (!this.#isStopped) this.#parts.onReply(reply);
    return reply;
  }

  /** Removes the binding. */
  async unregister(): Promise<void> {
    this.stop();
    await this.#ask(0);
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopTimer?.();
  }

  #again(delayMs: number): void {
    if (this.#isStopped) return;
    this.#stopTimer?.();
    this.#stopTimer = this.#parts.clock.after(delayMs, () => {
      void this.register();
    });
  }

  #ask(expiresSeconds: number): Promise<Reply> {
    const { agent, registration } = this.#parts;
    const address = accountUri(registration.user, registration.server);
    const display = registration.displayName === "" ? "" : `${quote(toWire(registration.displayName))} `;
    return new Promise((resolve) => {
      agent.request(
        {
          method: "REGISTER",
          uri: address.replace(/^sip:.*@/, "sip:"),
          from: `${display}<${address}>;tag=${this.#tag}`,
          to: `<${address}>`,
          callId: this.#callId,
          nextCseq: () => (this.#cseq += 1),
          headers: [
            ["Contact", agent.contact(escapeUser(registration.user))],
            ["Expires", String(expiresSeconds)],
          ],
        },
        resolve,
      );
    });
  }

  /** What the registrar gave to our own contact; one address-of-record may have other phones. */
  #granted(response: SipResponse): number {
    const own = this.#parts.agent.contact(escapeUser(this.#parts.registration.user)).slice(1, -1);
    for (const text of headersOf(response, "contact")) {
      const contacts = parseNameAddressList(text, CONTACTS_MAX);
      const found = contacts.ok ? contacts.value.find(({ uri }) => uri === own) : undefined;
      const expires = parseExpires(found?.parameters.get("expires"));
      if (expires !== undefined) return expires;
    }
    return parseExpires(headerOf(response, "expires")) ?? this.#expiresSeconds;
  }
}
