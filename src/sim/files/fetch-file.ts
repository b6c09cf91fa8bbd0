import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { OperationalError } from "#base/operational-error";
import type { Random } from "#base/random";
import { toWire } from "#sip/message/wire-text";
import { DigestClient } from "#sip/auth/digest-client";

/** No answer within this is a server that cannot be reached. */
const ANSWER_MAX_MS = 10_000;
/** What a phone reads of one file; the image of its firmware is never kept. */
const FILE_MAX_BYTES = 4 * 1024 * 1024;

/** What a server answered to a GET. */
export interface FetchedFile {
  readonly status: number;
  readonly body: string;
}

/** The same with the challenges of a 401. */
export interface HttpAnswer extends FetchedFile {
  readonly challenges: readonly string[];
}

/** The provisioning server could not be asked. */
export class FetchFailed extends OperationalError {
  constructor(message: string, cause?: unknown) {
    super("fetch-failed", message, cause);
  }
}

/** Fetches files as a phone does: one connection a file, digest or basic authentication with the user and password of the URL. */
export class FileFetcher {
  readonly #userAgent: string;
  readonly #random: Random;
  #digest: DigestClient | undefined;

  constructor(userAgent: string, random: Random) {
    this.#userAgent = userAgent;
    this.#random = random;
  }

  async get(url: URL): Promise<FetchedFile> {
    const [user, password] = [toWire(decodeURIComponent(url.username)), toWire(decodeURIComponent(url.password))];
    const path = `${url.pathname}${url.search}`;
    const first = await this.#ask(url, this.#digest?.answer("GET", path));
    if (first.status !== 401 || user === "") return first;
    this.#digest ??= new DigestClient({ user, password }, this.#random);
    const authorization = this.#digest.accept(first.challenges, false)
      ? this.#digest.answer("GET", path)
      : `Basic ${Buffer.from(`${user}:${password}`, "latin1").toString("base64")}`;
    return this.#ask(url, authorization);
  }

  #ask(url: URL, authorization: string | undefined): Promise<HttpAnswer> {
    return httpGet(url, {
      "User-Agent": this.#userAgent,
      Accept: "*/*",
      ...(authorization === undefined ? {} : { Authorization: authorization }),
    });
  }
}

/** One GET over a connection of its own. Rejects with FetchFailed when there is no answer. */
export function httpGet(url: URL, headers: Readonly<Record<string, string>>): Promise<HttpAnswer> {
  const request = url.protocol === "https:" ? httpsRequest : httpRequest;
  const { protocol, hostname, port, pathname, search } = url;
  const options = {
    protocol,
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port,
    path: `${pathname}${search}`,
    headers,
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      reject(new FetchFailed(`${url.origin} cannot be reached (${reasonOf(error)})`, error));
    };
    const sent = request({ ...options, timeout: ANSWER_MAX_MS }, (answer) => {
      readBody(answer).then((body) => {
        resolve({ status: answer.statusCode ?? 0, body, challenges: answer.headersDistinct["www-authenticate"] ?? [] });
      }, failed);
    });
    sent.once("timeout", () => sent.destroy(new Error(`no answer within ${ANSWER_MAX_MS / 1000} s`)));
    sent.once("error", failed);
    sent.end();
  });
}

/** Trying both addresses of a name gives an error of errors with an empty message. */
function reasonOf(error: Error): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  return first instanceof Error ? first.message : error.message;
}

async function readBody(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > FILE_MAX_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
