import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CallingPhone } from "#test/support/calls/calling-phone";
import type { Call } from "#test/support/calls/call";
import { ServerUnderTest } from "#test/support/server";
import { stopAll } from "#test/support/stop-after-each";
import { statusOf } from "#test/support/wire";

/** Frequencies that people speak with: each is told from all others and from the tones of the office. */
export const VOICES = [1000, 1250, 1550, 2100] as const;
export const OUTSIDE = 1850;
/** Dial tone of an exchange in Europe: none that this server plays. */
export const EXCHANGE = 425;
export const DIAL_TONE = [350, 440] as const;

const SITES = "provisioning/sites";
const PROVIDER = "sip.provider.example";

/** A sample site as it lies in its folder, on a real server, with its phones: each takes its account from the file that it is given. */
export class SampleOffice {
  readonly server: ServerUnderTest;
  readonly #agents: CallingPhone[] = [];
  readonly #folder: string | undefined;

  private constructor(server: ServerUnderTest, folder: string | undefined) {
    [this.server, this.#folder] = [server, folder];
  }

  /** `provider`: the port of 127.0.0.1 that stands for the provider which the site names; the site is then a copy with that address. */
  static async open(name: string, provider?: number): Promise<SampleOffice> {
    const site = join(SITES, name);
    if (provider === undefined) return new SampleOffice(await ServerUnderTest.start({ site }), undefined);
    const folder = await mkdtemp(join(tmpdir(), "lamplighter-sample-"));
    await cp(site, folder, { recursive: true });
    const file = join(folder, "sip.conf");
    const written = await readFile(file, "utf8");
    assert.ok(written.includes(PROVIDER));
    const here = written
      .replaceAll(`host = ${PROVIDER}`, `host = 127.0.0.1\nport = ${provider}`)
      .replaceAll(PROVIDER, `127.0.0.1:${provider}`)
      // Phones have the provider's address here: only its port tells them apart.
      .replaceAll("insecure = port,invite", "insecure = invite");
    await writeFile(file, here);
    return new SampleOffice(await ServerUnderTest.start({ site: folder }), folder);
  }

  /** The file of lines that a phone is given, as name → value. */
  async fileOf(mac: string): Promise<ReadonlyMap<string, string>> {
    const own = await this.server.provisioningUrl(mac);
    const text = await (await fetch(`${own}${mac}-lines.cfg`)).text();
    return new Map([...text.matchAll(/\s([A-Za-z0-9.]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]));
  }

  /** The addresses of a phone's line keys, in order. */
  async keysOf(mac: string): Promise<readonly string[]> {
    const file = await this.fileOf(mac);
    const names = [...file.keys()].filter((name) => /^attendant\.resourceList\.\d+\.address$/.test(name));
    return names.map((name) => file.get(name) ?? "");
  }

  /** A phone of the site, registered with what its file says, all its keys watched. */
  async phone(mac: string, voice?: number): Promise<CallingPhone> {
    const file = await this.fileOf(mac);
    const user = file.get("reg.1.address") ?? "";
    const phone = await this.agent(user, file.get("reg.1.auth.password") ?? "", voice);
    for (const key of await this.keysOf(mac)) assert.equal(statusOf(await phone.subscribe(key)), 200, key);
    return phone;
  }

  /** Whoever else registers: a port of a gateway. */
  async agent(user: string, password: string, voice?: number): Promise<CallingPhone> {
    const { sipPort: port } = this.server;
    const phone = await CallingPhone.open({ user, password, port, ...(voice === undefined ? {} : { voice }) });
    this.#agents.push(phone);
    await phone.register();
    return phone;
  }

  /** A phone presses a key, or dials a number, and is answered at once. */
  async dial(phone: CallingPhone, extension: string): Promise<Call> {
    const { call, final } = await phone.call(this.uri(extension));
    const answer = await final;
    assert.equal(statusOf(answer), 200, answer);
    return call;
  }

  /** A phone presses a key, or dials a number, and is refused: with which status. */
  async refusal(phone: CallingPhone, extension: string): Promise<number> {
    const { final } = await phone.call(this.uri(extension));
    return statusOf(await final);
  }

  uri(extension: string): string {
    return `sip:${extension}@127.0.0.1`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    const folder = this.#folder;
    await stopAll([async () => folder === undefined || rm(folder, { recursive: true, force: true }), server, ...this.#agents]);
  }
}
