import { OperationalError } from "#base/operational-error";
import { FetchFailed, httpGet } from "#sim/files/fetch-file";

/** A phone of a server, as its API tells. */
export interface ServerPhone {
  readonly mac: string;
  readonly model: string;
  readonly provisioningUrl: string;
}

/** The server did not tell its phones; the message says what to do. */
export class NoPhones extends OperationalError {
  constructor(message: string, cause?: unknown) {
    super("no-phones", message, cause);
  }
}

export interface ServerAccess {
  /** "http://127.0.0.1:8080". */
  readonly url: string;
  readonly token: string;
}

const LIST = "/api/v1/phones?limit=1000";
/** Pages of the list that are read. */
const PAGES_MAX = 1000;

/** All phones of a server's site. Rejects with NoPhones. */
export async function listPhones(access: ServerAccess): Promise<ServerPhone[]> {
  const phones: ServerPhone[] = [];
  let path: string | undefined = LIST;
  for (let page = 0; page < PAGES_MAX && path !== undefined; page += 1) {
    const answer = await ask(access, path);
    const items: unknown = field(answer, "items");
    if (!Array.isArray(items))
      throw new NoPhones(`${access.url} answered something that is no list of phones: is it a Lamplighter server?`);
    for (const item of items) phones.push(readPhone(access, item));
    const next = field(answer, "next");
    path = typeof next === "string" ? `${LIST}&after=${encodeURIComponent(next)}` : undefined;
  }
  return phones;
}

function readPhone(access: ServerAccess, phone: unknown): ServerPhone {
  const [mac, model, provisioningUrl] = [field(phone, "mac"), field(phone, "model"), field(phone, "provisioningUrl")];
  if (typeof mac !== "string") throw new NoPhones(`${access.url} told a phone without mac: is it a Lamplighter server?`);
  if (typeof provisioningUrl !== "string" || !URL.canParse(provisioningUrl))
    throw new NoPhones(`phone ${mac} has no provisioningUrl at ${access.url}`);
  return { mac, model: typeof model === "string" ? model : "", provisioningUrl };
}

async function ask({ url, token }: ServerAccess, path: string): Promise<unknown> {
  const target = new URL(path, url);
  const { status, body } = await httpGet(target, { Authorization: `Bearer ${token}`, Accept: "application/json" }).catch(
    (error: unknown) => {
      if (!(error instanceof FetchFailed)) throw error;
      throw new NoPhones(
        `${error.message}. Is the server running? Start it with: npm start. Elsewhere? Give --url http://HOST:PORT`,
        error,
      );
    },
  );
  if (status === 401 || status === 403) {
    throw new NoPhones(
      `${url} refuses the token (${status}). It stands in the file admin-token of the server's data folder: give --data DIR or --token TOKEN`,
    );
  }
  if (status !== 200) throw new NoPhones(`${target.href} answered ${status}: is it a Lamplighter server?`);
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new NoPhones(`${target.href} answered something that is no JSON: is it a Lamplighter server?`, error);
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && name in value ? (value as Record<string, unknown>)[name] : undefined;
}
