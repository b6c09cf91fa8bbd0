import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Option, type Command } from "commander";
import { httpUrlPath, tokenPath } from "#app/data-paths";
import { httpUrl } from "./flag-values.ts";

/** The server answers late when it reads a big site. */
const ANSWER_MAX_MS = 120_000;
const URL_DEFAULT = "http://127.0.0.1:8080";

/** Flags of every command that talks to a running server. */
export interface ServerFlags {
  readonly url?: string;
  readonly token?: string;
  readonly data: string;
}

/** An answer of the API. */
export interface ServerAnswer {
  readonly status: number;
  /** undefined: it is no JSON. */
  readonly json: unknown;
}

/** The server cannot be asked; the message says why and what to do. */
export class ServerUnreachable extends Error {
  override readonly name = "ServerUnreachable";
}

/** Adds --url, --token and --data. */
export function addServerOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--url <url>", `the server (default: the one that runs on --data, else ${URL_DEFAULT})`).argParser(httpUrl),
    )
    .addOption(new Option("--token <token>", "admin token (default: the file admin-token in --data)").env("LAMPLIGHTER_TOKEN"))
    .addOption(new Option("--data <dir>", "data folder of the server").default("./data").env("LAMPLIGHTER_DATA"));
}

/** The server that the flags mean: the one named, else the one that runs on the data folder. */
export async function serverUrl({
  url,
  data,
}: Pick<ServerFlags, "data"> & { readonly url?: string | undefined }): Promise<string> {
  return url ?? (await textOf(httpUrlPath(resolve(data)))) ?? URL_DEFAULT;
}

/** The API of a running server. */
export class ServerClient {
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.#url = url.replace(/\/+$/, "");
    this.#token = token;
  }

  /** Finds address and token as the flags say. */
  static async open({ url, token, data }: ServerFlags): Promise<ServerClient> {
    const folder = resolve(data);
    const found = await serverUrl({ url, data });
    const secret = token ?? (await textOf(tokenPath(folder)));
    if (secret === undefined || secret === "")
      throw new ServerUnreachable(`there is no admin token in ${tokenPath(folder)}: give --data DIR or --token TOKEN`);
    return new ServerClient(found, secret);
  }

  /** Asks `/api/v1/PATH`. */
  async ask(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<ServerAnswer> {
    const headers = {
      Authorization: `Bearer ${this.#token}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    };
    try {
      const answer = await fetch(`${this.#url}/api/v1/${path}`, {
        method,
        headers,
        signal: AbortSignal.timeout(ANSWER_MAX_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, json: jsonOf(text) };
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new ServerUnreachable(`${this.#url} does not answer (${cause}): is the server running? --url URL names another`);
    }
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch {
    return undefined;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
