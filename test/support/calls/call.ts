import { Bell } from "../bell.ts";
import { answerTo, headerIn, statusOf } from "../wire.ts";
import { agreedSound, answerOffer, printSdp, readSdp, type Description, type Direction, type SoundTaste } from "./offer.ts";
import { cseqOf } from "./sip-line.ts";
import type { Sound } from "./sound.ts";

/** What a call needs of its phone. */
export interface CallLine {
  readonly contact: string;
  send(text: string): void;
  /** Sends a request and gives its final answer. */
  ask(method: string, uri: string, headers: Readonly<Record<string, string>>, body?: string): Promise<string>;
}

export interface CallParts {
  readonly line: CallLine;
  readonly callId: string;
  readonly local: string;
  readonly sound: Sound;
  readonly taste: SoundTaste;
  /** The INVITE that made it ring. */
  readonly invite?: string;
}

/** What an INVITE says of its caller and of whom it wants. */
export interface Asked {
  readonly uri: string;
  /** User of the Request-URI: the number that was dialled. */
  readonly user: string;
  readonly from: string;
  /** P-Asserted-Identity. */
  readonly identity: string | undefined;
  readonly privacy: string | undefined;
  readonly alertInfo: string | undefined;
  readonly sound: Description | undefined;
}

const WAIT_MS = 5000;
const NOWHERE = "0.0.0.0";
const SDP = { "Content-Type": "application/sdp" };

/** The body of a message. */
export function bodyOf(message: string): string {
  return message.slice(message.indexOf("\r\n\r\n") + 4);
}

/** One call of a test phone, with everything it saw. */
export class Call {
  /** Requests of the other side in this call, as they came. */
  readonly requests: string[] = [];
  /** Answers to the own INVITE, as they came. */
  readonly answers: string[] = [];
  readonly sound: Sound;
  readonly callId: string;
  readonly local: string;
  /** To of the other side, with its tag once it is known. */
  remote = "";
  target = "";
  /** The newest INVITE of its own. */
  #sent: { readonly uri: string; readonly text: string } | undefined;
  readonly #line: CallLine;
  readonly #taste: SoundTaste;
  readonly #invite: string | undefined;
  readonly #bell = new Bell();
  #direction: Direction = "sendrecv";
  /** The address that it writes instead of its own. */
  #host: string | undefined;
  #version = 1;
  #cseq = 0;
  /** The newest INVITE went out without an offer. */
  #isDelayed = false;
  #isOver = false;
  readonly #confirmed = new Set<string>();

  constructor({ line, callId, local, sound, taste, invite }: CallParts) {
    [this.#line, this.callId, this.local, this.sound, this.#taste, this.#invite] = [line, callId, local, sound, taste, invite];
    if (invite !== undefined) this.#learn(invite, "From");
  }

  /** The INVITE that came in. */
  get invite(): string {
    if (this.#invite === undefined) throw new Error("this phone has called itself");
    return this.#invite;
  }

  /** Calls; resolves with the final answer. */
  invites(uri: string, headers: Readonly<Record<string, string>>, isDelayed: boolean): Promise<string> {
    this.#isDelayed = isDelayed;
    [this.target, this.remote] = [uri, `<${uri}>`];
    return isDelayed ? this.#inDialog("INVITE", headers) : this.#inDialog("INVITE", { ...headers, ...SDP }, this.#sdp());
  }

  /** Takes back what was not answered yet; `reason` becomes the Reason header. */
  cancel(reason = ""): Promise<string> {
    if (this.#sent === undefined) throw new Error("nothing was sent that could be taken back");
    const { uri, text } = this.#sent;
    const [Via = "", To = ""] = ["Via", "To"].map((name) => headerIn(text, name) ?? "");
    const same = { Via, From: this.local, To, "Call-ID": this.callId, Reason: reason };
    return this.#line.ask("CANCEL", uri, { ...same, CSeq: `${cseqOf(text)} CANCEL`, Contact: "" });
  }

  /** What the INVITE that came in asks for. */
  get asked(): Asked {
    const { invite } = this;
    const uri = invite.split(" ", 2)[1] ?? "";
    return {
      uri,
      user: /^sips?:([^@;]*)@/.exec(uri)?.[1] ?? "",
      from: headerIn(invite, "From") ?? "",
      identity: headerIn(invite, "P-Asserted-Identity"),
      privacy: headerIn(invite, "Privacy"),
      alertInfo: headerIn(invite, "Alert-Info"),
      sound: readSdp(bodyOf(invite)),
    };
  }

  /** It ended, or was refused or taken back. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Says 180. */
  ring(): void {
    this.#answer("180 Ringing");
  }

  /** Says 183 and talks already. */
  early(): void {
    this.#answer("183 Session Progress", this.#answerToOffer());
  }

  accept(): void {
    this.#answer("200 OK", this.#answerToOffer());
  }

  decline(status = "486 Busy Here"): void {
    this.#isOver = true;
    this.#answer(status);
  }

  /** Holds; "0.0.0.0" as phones of RFC 2543 do. */
  hold(how: Direction | typeof NOWHERE = "sendonly"): Promise<string> {
    return this.#change("INVITE", how);
  }

  resume(): Promise<string> {
    return this.#change("INVITE", "sendrecv");
  }

  /** Changes the direction by UPDATE (RFC 3311). */
  update(how: Direction | typeof NOWHERE): Promise<string> {
    return this.#change("UPDATE", how);
  }

  /** Presses one key by INFO, as `application/dtmf-relay`. */
  info(key: string): Promise<string> {
    return this.#inDialog("INFO", { "Content-Type": "application/dtmf-relay" }, `Signal=${key}\r\nDuration=160\r\n`);
  }

  /** Transfers the other side to an address; with a call of its own in place of that one (RFC 3891). Resolves with the answer to REFER. */
  refer(to: string, replaced?: Call): Promise<string> {
    const replaces = replaced === undefined ? "" : `?Replaces=${encodeURIComponent(replaced.replaces)}`;
    return this.#inDialog("REFER", { "Refer-To": `<${to}${replaces}>`, "Referred-By": this.local.replace(/;tag=.*$/, "") });
  }

  /** Value of Replaces that names this call to its other side. */
  get replaces(): string {
    return `${this.callId};to-tag=${tagOf(this.remote)};from-tag=${tagOf(this.local)}`;
  }

  /** Resolves with the status line of the transfer's last word. */
  async transferred(timeoutMs = WAIT_MS): Promise<string> {
    const found = await this.#bell.until(() => {
      const words = this.requests.filter((text) => text.startsWith("NOTIFY ")).map((text) => bodyOf(text).split("\r\n", 1)[0]);
      return words.find((word) => word !== undefined && statusOf(word) >= 200);
    }, timeoutMs);
    return found ?? Promise.reject(new Error(`no end of the transfer within ${timeoutMs} ms`));
  }

  /** Hangs up. */
  bye(): Promise<string> {
    this.#isOver = true;
    return this.#inDialog("BYE");
  }

  /** Resolves with the BYE of the other side. */
  hungUp(timeoutMs = WAIT_MS): Promise<string> {
    return this.#request("BYE", timeoutMs);
  }

  /** Resolves when it is over by the other side, answered or not. */
  gone(timeoutMs = WAIT_MS): Promise<string> {
    return Promise.any([this.#request("BYE", timeoutMs), this.#request("CANCEL", timeoutMs)]);
  }

  /** Resolves with the Reason of the CANCEL, "" without one. */
  async cancelledWith(timeoutMs = WAIT_MS): Promise<string> {
    return headerIn(await this.#request("CANCEL", timeoutMs), "Reason") ?? "";
  }

  /** What it offers now. */
  description(): Description {
    return { ...this.#taste, host: this.#host ?? this.sound.host, port: this.sound.port, direction: this.#direction };
  }

  /** A request of its own goes out. */
  asks(message: string, uri: string): void {
    this.#cseq = Math.max(this.#cseq, cseqOf(message));
    if (message.startsWith("INVITE ")) this.#sent = { uri, text: message };
  }

  /** Body of the ACK: the answer where the offer came late. */
  lateAnswer(): string {
    const offer = readSdp(bodyOf(this.answers.at(-1) ?? ""));
    if (!this.#isDelayed || offer === undefined) return "";
    const answer = answerOffer(offer, this.description());
    return answer === undefined ? "" : printSdp(answer, this.#version);
  }

  /** An answer to the own INVITE. */
  answered(message: string): void {
    this.#cseq = Math.max(this.#cseq, Number.parseInt(headerIn(message, "CSeq") ?? "0", 10));
    this.answers.push(message);
    if (statusOf(message) < 300) this.#learn(message, "To");
    const other = readSdp(bodyOf(message));
    if (other !== undefined) this.#talk(other);
    this.#confirm(message);
    this.#bell.ring();
  }

  /** A request of the other side in this call. */
  received(message: string): void {
    this.requests.push(message);
    if (message.startsWith("ACK ")) this.#acknowledged(message);
    else if (message.startsWith("INVITE ") || message.startsWith("UPDATE ")) this.#changed(message);
    else this.#line.send(answerTo(message));
    if (message.startsWith("BYE ")) this.#isOver = true;
    if (message.startsWith("CANCEL ") && !this.#isOver) this.decline("487 Request Terminated");
    this.#bell.ring();
  }

  /** PRACK for an answer that asks for it (RFC 3262), once. */
  #confirm(message: string): void {
    const number = headerIn(message, "RSeq");
    if (number === undefined || statusOf(message) >= 200 || this.#confirmed.has(number)) return;
    this.#confirmed.add(number);
    const acknowledged = this.#inDialog("PRACK", { RAck: `${number} ${headerIn(message, "CSeq") ?? ""}` });
    // Whether it was answered is seen by whoever reads the answers.
    acknowledged.catch(() => undefined);
  }

  #answerToOffer(): string {
    const offer = readSdp(bodyOf(this.invite));
    const answer = offer === undefined ? this.description() : answerOffer(offer, this.description());
    if (answer === undefined) throw new Error("no codec of both");
    if (offer !== undefined) this.#talk(offer);
    return printSdp(answer, this.#version);
  }

  #acknowledged(message: string): void {
    const answer = readSdp(bodyOf(message));
    if (answer !== undefined) this.#talk(answer);
  }

  #changed(message: string): void {
    const offer = readSdp(bodyOf(message));
    const answer = offer === undefined ? this.description() : answerOffer(offer, this.description());
    if (offer !== undefined && this.#taste.isSettled !== true) this.#talk(offer);
    if (answer === undefined || this.#taste.isSettled === true) this.#line.send(answerTo(message, "488 Not Acceptable Here"));
    else
      this.#line.send(
        this.#withSdp(answerTo(message, "200 OK", [`Contact: ${this.#line.contact}`]), printSdp(answer, this.#version)),
      );
  }

  async #change(method: "INVITE" | "UPDATE", how: Direction | typeof NOWHERE): Promise<string> {
    this.#host = how === NOWHERE ? NOWHERE : undefined;
    this.#direction = how === NOWHERE ? "sendrecv" : how;
    this.#version += 1;
    this.#isDelayed = false;
    const answer = await this.#inDialog(method, SDP, this.#sdp());
    const other = readSdp(bodyOf(answer));
    if (method === "UPDATE" && other !== undefined) this.#talk(other);
    return answer;
  }

  #inDialog(method: string, headers: Readonly<Record<string, string>> = {}, body = ""): Promise<string> {
    this.#cseq += 1;
    const { contact: Contact } = this.#line;
    const dialog = { From: this.local, To: this.remote, "Call-ID": this.callId, CSeq: `${this.#cseq} ${method}`, Contact };
    return this.#line.ask(method, this.target, { ...dialog, ...headers }, body);
  }

  #sdp(): string {
    return printSdp(this.description(), this.#version);
  }

  #learn(message: string, header: "From" | "To"): void {
    this.remote = headerIn(message, header) ?? "";
    this.target = /<([^>]+)>/.exec(headerIn(message, "Contact") ?? "")?.[1] ?? this.target;
  }

  #talk(other: Description): void {
    const agreed = agreedSound(this.description(), other);
    if (agreed !== undefined) this.sound.agree(agreed);
  }

  #answer(status: string, body = ""): void {
    const tag = /;tag=.*$/.exec(this.local)?.[0] ?? "";
    const text = answerTo(this.invite, status, [`Contact: ${this.#line.contact}`]).replace(/^To: .*?(?=\r$)/m, (to) => to + tag);
    this.#line.send(body === "" ? text : this.#withSdp(text, body));
  }

  #withSdp(text: string, body: string): string {
    return text.replace(
      "Content-Length: 0\r\n\r\n",
      `Content-Type: application/sdp\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  }

  async #request(method: string, timeoutMs: number): Promise<string> {
    const found = await this.#bell.until(() => this.requests.find((text) => text.startsWith(`${method} `)), timeoutMs);
    return found ?? Promise.reject(new Error(`no ${method} within ${timeoutMs} ms`));
  }
}

function tagOf(header: string): string {
  return /;tag=([^;]+)/.exec(header)?.[1] ?? "";
}
