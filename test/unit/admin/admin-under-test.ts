import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Koa from "koa";
import { adminApp } from "#admin/admin-app";
import type {
  AdminEvent,
  AdminPorts,
  BanJson,
  CheckedSite,
  DeviceJson,
  DrainJson,
  LampJson,
  Listing,
  PhoneJson,
} from "#admin/ports";
import { unpackUpload } from "#admin/unpack-upload";
import { quietLog } from "#base/log";
import { OperationalError } from "#base/operational-error";
import type { DeviceState } from "#domain/lamp/device-state";
import type { Diagnostic } from "#domain/site/diagnostic";
import { EMPTY_SITE, type Site } from "#domain/site/site";
import { siteReport } from "#domain/site/site-report";
import { FakeClock } from "#test/support/fake-clock";
import { SeededRandom } from "#test/support/seeded-random";

export const TOKEN = "the-admin-token-of-these-tests";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: any;
}

export interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** null: none is sent. */
  readonly token?: string | null;
}

/** The state of devices while nobody says anything. */
const SILENT: DeviceState = "NOT_INUSE";

/** API and page behind a real HTTP server, with ports that a test can look into. */
export class AdminUnderTest {
  readonly clock = new FakeClock();
  readonly drain: DrainJson = { phase: "serving", left: 7, total: 0, startedAt: null, endsAt: null };
  /** Seconds that the last draining shall take. */
  drainedOver: number | undefined;
  /** What PUT wrote. */
  readonly states = new Map<string, { readonly state: DeviceState; readonly ttl: number | undefined }>();
  devices: readonly string[] = [];
  lamps: LampJson[] = [];
  phones: PhoneJson[] = [];
  bans: readonly BanJson[] = [];
  site: Site = EMPTY_SITE;
  storeDown = false;
  /** Sites that were to be checked, and what is found in the next one. */
  readonly checked: (Extract<CheckedSite, { type: "path" }> | { type: "files"; files: ReadonlyMap<string, Uint8Array> })[] = [];
  findings: readonly Diagnostic[] = [];
  /** Origins that were asked with. */
  readonly origins: string[] = [];
  readonly listeners = new Set<(event: AdminEvent) => void>();
  readonly #server: Server;

  constructor() {
    const app = new Koa();
    app.on("error", () => undefined);
    app.use(adminApp({ ports: this.#ports(), token: TOKEN, clock: this.clock, random: new SeededRandom(1), log: quietLog }));
    const listener = app.callback();
    this.#server = createServer((asked, answer) => void listener(asked, answer));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  tell(event: AdminEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  /** Sends a request, its path as it is (fetch would tidy it up), and reads the whole answer. */
  async ask(method: string, path: string, asking: Asking = {}): Promise<Answer> {
    const got = await this.open(method, path, asking);
    const chunks: Buffer[] = [];
    for await (const chunk of got as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    const isJson = /json/.test(got.headers["content-type"] ?? "") && text !== "";
    return { status: got.statusCode ?? 0, headers: got.headers, text, json: isJson ? JSON.parse(text) : undefined };
  }

  /** Sends a request; resolves with the beginning of the answer. */
  open(method: string, path: string, { headers = {}, body, token = TOKEN }: Asking = {}): Promise<IncomingMessage> {
    const all = { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers };
    return new Promise((resolve, reject) => {
      const sent = request({ host: "127.0.0.1", port: this.port, method, path, headers: all, agent: false }, resolve);
      sent.on("error", reject);
      sent.end(body);
    });
  }

  async put(device: string, body: unknown): Promise<Answer> {
    return this.ask("PUT", `/api/v1/devices/${device}`, {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  #ports(): AdminPorts {
    return {
      devices: {
        list: () => ({ keys: () => this.devices, get: (device) => this.#device(device) }),
        get: (device) => this.#device(device),
        put: async (device, state, ttl) => {
          await Promise.resolve();
          if (this.storeDown) throw new OperationalError("store-down", "the store does not answer");
          this.states.set(device, { state, ttl });
        },
        clear: async (device) => {
          await Promise.resolve();
          this.states.delete(device);
        },
      },
      calls: undefined,
      lines: { list: () => listingOf([], String), get: () => undefined },
      features: { get: () => undefined, put: () => Promise.resolve() },
      mailboxes: {
        list: () => listingOf([], () => ""),
        get: () => undefined,
        named: (text) => text,
        put: () => Promise.resolve(),
        clear: () => Promise.resolve(),
      },
      lamps: {
        list: () => listingOf(this.lamps, (lamp) => `${lamp.extension}@${lamp.context}`),
        find: (extension, context) =>
          this.lamps.filter((lamp) => lamp.extension === extension && (context === undefined || lamp.context === context)),
      },
      phones: {
        resync: () => Promise.resolve(undefined),
        list: (origin) => {
          this.origins.push(origin);
          return listingOf(this.phones, (phone) => phone.mac);
        },
        get: (mac) => this.phones.find((phone) => phone.mac === mac),
        render: (_mac, name) => (name === "a.cfg" ? { contentType: "text/xml", body: "<a/>" } : undefined),
      },
      live: {
        nodes: () => listingOf([], String),
        registrations: () => listingOf([], String),
        subscriptions: () => listingOf([], String),
      },
      bans: {
        list: () => listingOf(this.bans, ({ source }) => source),
        free: (source) => {
          const before = this.bans.length;
          this.bans = this.bans.filter((ban) => ban.source !== source);
          return this.bans.length < before;
        },
      },
      drain: {
        progress: () => this.drain,
        start: (overSeconds) => {
          this.drainedOver = overSeconds;
          return { ...this.drain, phase: "draining" as const };
        },
        cancel: () => this.drain,
      },
      trunkRegistration: () => undefined,
      site: () => this.site,
      reload: () => Promise.resolve({ type: "refused", reason: "sla.conf is broken", diagnostics: [] }),
      check: async (wanted, findings) => {
        if (wanted.type === "path") {
          this.checked.push(wanted);
          return { type: "refused", reason: "that path is not the site's own" };
        }
        const unpacked = await unpackUpload(wanted.upload);
        if (unpacked.type === "unfit") return unpacked;
        this.checked.push(unpacked);
        return { type: "checked", report: siteReport({ site: this.site, diagnostics: this.findings }, findings) };
      },
      events: (listener) => {
        this.listeners.add(listener);
        return () => {
          this.listeners.delete(listener);
        };
      },
      readiness: () =>
        Promise.resolve(
          this.storeDown ? { isReady: false, reason: "the store does not answer" } : { isReady: true, store: "writable" },
        ),
      metrics: () => Promise.resolve({ contentType: "text/plain", text: "up 1\n" }),
    };
  }

  #device(device: string): DeviceJson {
    return { device, state: this.states.get(device)?.state ?? SILENT, slots: [] };
  }
}

function listingOf<T>(items: readonly T[], keyOf: (item: T) => string): Listing<T> {
  return { keys: () => items.map(keyOf), get: (key) => items.find((item) => keyOf(item) === key) };
}
