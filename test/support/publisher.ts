import assert from "node:assert/strict";
import { systemRandom } from "#base/system-random";
import { DigestClient } from "#sip/auth/digest-client";
import { answerTo, challengesIn, headerIn, request, statusOf, udpWire, type Wire } from "./wire.ts";

/** A request to make; `tag` is the SIP-If-Match. */
export interface Publishing {
  readonly uri?: string;
  readonly event?: string;
  readonly type?: string;
  readonly body?: string;
  readonly tag?: string | undefined;
  readonly expires?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer as far as publishers look. */
export interface PublishAnswer {
  readonly status: number;
  readonly tag: string | undefined;
  readonly expires: number;
  readonly text: string;
}

/** A peer on a UDP socket of its own that publishes and watches, with digest when it has an account. */
export class PublishingPeer {
  readonly wire: Wire;
  readonly #digest: DigestClient | undefined;

  private constructor(wire: Wire, digest: DigestClient | undefined) {
    this.wire = wire;
    this.#digest = digest;
  }

  /** `host`: the loopback address it speaks from. */
  static async open(
    port: number,
    account?: { readonly user: string; readonly password: string },
    host?: string,
  ): Promise<PublishingPeer> {
    const digest = account === undefined ? undefined : new DigestClient(account, systemRandom);
    return new PublishingPeer(await udpWire(port, host), digest);
  }

  async publish(publishing: Publishing = {}): Promise<PublishAnswer> {
    const { uri = "sip:100@127.0.0.1", event = "dialog", type, body = "", tag, expires = 600, headers = {} } = publishing;
    const text = await this.ask(
      "PUBLISH",
      uri,
      {
        Event: event,
        Expires: String(expires),
        Contact: "",
        "Content-Type": body === "" ? "" : (type ?? typeOf(event)),
        "SIP-If-Match": tag ?? "",
        ...headers,
      },
      body,
    );
    return { status: statusOf(text), tag: headerIn(text, "SIP-ETag"), expires: Number(headerIn(text, "Expires")), text };
  }

  /** A success, and its tag. */
  async published(publishing: Publishing): Promise<string> {
    const answer = await this.publish(publishing);
    assert.equal(answer.status, 200, answer.text);
    return answer.tag ?? assert.fail("no SIP-ETag");
  }

  /** Watches with Event dialog; gives the state of the first document. */
  async watch(uri: string): Promise<string> {
    const answer = await this.ask("SUBSCRIBE", uri, { Event: "dialog", Expires: "600" });
    assert.equal(statusOf(answer), 200, answer);
    return this.notified();
  }

  /** Dialog state of the next NOTIFY, which is answered. */
  async notified(timeoutMs = 3000): Promise<string> {
    return /<state>([a-z]+)<\/state>/.exec(await this.notifiedText(timeoutMs))?.[1] ?? "none";
  }

  /** The next NOTIFY, which is answered. */
  async notifiedText(timeoutMs = 3000): Promise<string> {
    const notify = await this.wire.next((text) => text.startsWith("NOTIFY"), timeoutMs);
    this.answer(notify, "200 OK");
    return notify;
  }

  /** Answers a request. */
  answer(text: string, status: string, headers: readonly string[] = []): void {
    this.wire.send(answerTo(text, status, headers));
  }

  /** The answer to a request, after its challenge where there is one. */
  async ask(method: string, uri: string, headers: Readonly<Record<string, string>>, body = ""): Promise<string> {
    const answer = await this.#send(method, uri, headers, body);
    if (statusOf(answer) !== 401 || this.#digest === undefined) return answer;
    assert.ok(this.#digest.accept(challengesIn(answer), false), answer);
    return this.#send(method, uri, headers, body);
  }

  async #send(method: string, uri: string, headers: Readonly<Record<string, string>>, body: string): Promise<string> {
    const Authorization = this.#digest?.answer(method, uri) ?? "";
    const text = request(method, uri, this.wire.localPort, { ...headers, Authorization }, body);
    this.wire.send(text);
    const callId = headerIn(text, "Call-ID") ?? "";
    return this.wire.next((message) => message.startsWith("SIP/2.0") && message.includes(callId));
  }
}

function typeOf(event: string): string {
  if (event === "dialog") return "application/dialog-info+xml";
  return event === "presence" ? "application/pidf+xml" : "application/json";
}

/** One dialog as Kamailio's pua_dialoginfo publishes it. */
export function dialogInfo(
  state: string,
  parts: { readonly id?: string; readonly entity?: string; readonly direction?: string } = {},
): string {
  const { id = "a84b4c76e66710", entity = "sip:100@127.0.0.1", direction = "recipient" } = parts;
  return `<?xml version="1.0"?>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" entity="${entity}">
<dialog id="${id}" call-id="${id}" direction="${direction}"><state>${state}</state>
<remote><identity display="Alice">sip:alice@remote.example</identity><target uri="sip:alice@192.0.2.7:5060"/></remote>
<local><identity>${entity}</identity><target uri="${entity}"/></local></dialog></dialog-info>`;
}

/** An object of Asterisk's devicestate exchange. */
export function deviceState(device: string, state: string, eid = "52:54:00:ab:cd:ef"): string {
  return JSON.stringify({ type: "devicestate", device, state, cachable: 1, eid });
}
