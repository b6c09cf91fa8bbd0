import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Option, type Command } from "commander";
import { z } from "zod";
import { httpUrlPath, tokenPath } from "#app/data-paths";
import type { Output } from "./check.ts";
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

/** The server cannot be asked, or does not do as asked; the message says why and what to do. */
export class ServerUnreachable extends Error {
  override readonly name = "ServerUnreachable";
}

const problemShape = z.object({ detail: z.string() });

/** What the server said instead of what was asked for. */
export function refusal({ status, json }: ServerAnswer): ServerUnreachable {
  return new ServerUnreachable(
    problemShape.safeParse(json).data?.detail ?? `the server answered ${status}, and not with what was asked for`,
  );
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

  /** What is at a path; rejects with what the server says instead. */
  async get<T>(path: string, shape: z.ZodType<T>): Promise<T> {
    const answer = await this.ask("GET", path);
    const found = shape.safeParse(answer.json);
    if (found.success) return found.data;
    throw refusal(answer);
  }

  /** All items of a list, page by page. */
  async list<T>(path: string, item: z.ZodType<T>): Promise<readonly T[]> {
    const shape = z.object({ items: z.array(item), next: z.string().optional() });
    const items: T[] = [];
    for (let after: string | undefined = ""; after !== undefined;) {
      const page: { items: T[]; next?: string | undefined } = await this.get(`${path}?after=${encodeURIComponent(after)}`, shape);
      items.push(...page.items);
      after = page.next;
    }
    return items;
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

/** Runs a command against the server that the flags mean, and gives its exit code: 1 when the server cannot be asked. */
export async function withServer(
  flags: ServerFlags,
  output: Output,
  run: (client: ServerClient) => Promise<number>,
): Promise<number> {
  try {
    return await run(await ServerClient.open(flags));
  } catch (error) {
    if (!(error instanceof ServerUnreachable)) throw error;
    output.explain(`lamplighter: ${error.message}`);
    return 1;
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
