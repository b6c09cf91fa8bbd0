import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CallingPhone } from "#test/support/calls/calling-phone";
import { eventually } from "#test/support/eventually";
import { ServerUnderTest } from "#test/support/server";
import { stopAll } from "#test/support/stop-after-each";

/** After the last word of a call all is as it was, on a busy machine too. */
const SETTLED_MS = 5000;
const STATIONS = ["station1", "station2", "station3"];

/** Frequencies that people speak with: each one is told from all others and from the tones of the office. */
export const VOICES = { station1: 1000, station2: 1250, station3: 1550, caller: 1850 } as const;

export interface OfficeOptions {
  /** More lines of a section of sla.conf: "line1", "station2". */
  readonly sla?: Readonly<Record<string, string>>;
  /** Of lines: what is dialled when a phone takes them; their dialplan when nothing is said. */
  readonly devices?: Readonly<Record<string, string>>;
  /** More lines of a section of sip.conf. */
  readonly accounts?: Readonly<Record<string, string>>;
  /** A site.yaml beside the others. */
  readonly yaml?: string;
  /** Of `[general]`. */
  readonly general?: string;
  /** More of `[stations]`. */
  readonly extensions?: string;
  /** Puts more files into the site's folder. */
  readonly prepare?: (folder: string) => Promise<void>;
  /** Of several nodes: their store, and the name of this one. */
  readonly store?: { readonly url: string; readonly node: string };
}

function slaConf({ sla = {}, devices = {}, general = "" }: OfficeOptions): string {
  const trunk = (name: string): string =>
    `[${name}]\ntype=trunk\ndevice=${devices[name] ?? `Local/disa@${name}_outbound`}\n${sla[name] ?? ""}\n`;
  const station = (name: string): string =>
    `[${name}]\ntype=station\ndevice=SIP/${name}\n${sla[name] ?? "trunk=line1\ntrunk=line2"}\n`;
  return `[general]\n${general}\n${["line1", "line2"].map(trunk).join("")}${STATIONS.map(station).join("")}`;
}

const sipConf = ({ accounts = {} }: OfficeOptions): string => `[general]
${[...STATIONS, "gateway"]
  .map(
    (name) => `
[${name}]
type=friend
host=dynamic
secret=${name}-secret
context=${name === "gateway" ? "from_gateway" : "stations"}
callerid="${name}" <${name === "gateway" ? "0" : `70${name.at(-1) ?? ""}`}>
${accounts[name] ?? ""}
`,
  )
  .join("")}`;

const extensionsConf = ({ extensions = "" }: OfficeOptions): string => `[from_gateway]
exten => line1,1,SLATrunk(line1)
 same => n,NoOp(\${SLATRUNK_STATUS})
 same => n,GotoIf($["\${SLATRUNK_STATUS}" = "SUCCESS"]?done)
 same => n,Answer()
 same => n,Playtones(congestion)
 same => n,Wait(30)
 same => n(done),Hangup()
exten => line2,1,SLATrunk(line2)

${["line1", "line2"]
  .map(
    (line) => `[${line}_outbound]
exten => disa,1,NoOp()
 same => n,Read(Request,dial,11,i)
 same => n,Goto(\${Request},1)
exten => _1NXXNXXXXXX,1,Dial(SIP/\${EXTEN}@gateway)
exten => i,1,Congestion(2)
`,
  )
  .join("")}
[stations]
exten => 7000,1,Dial(SIP/station1&SIP/station2)
exten => _70[1-3],1,Dial(SIP/station\${EXTEN:-1},20)
${STATIONS.map(
  (name) => `exten => ${name},1,SLAStation(${name})
exten => ${name},hint,SIP/${name}
${["line1", "line2"]
  .map((line) => `exten => ${name}_${line},hint,SLA:${name}_${line}\nexten => ${name}_${line},1,SLAStation(${name}_${line})`)
  .join("\n")}`,
).join("\n")}
${extensions}
`;

/** An office with two lines, three stations and a gateway to the outside: a real server, phones with sound. */
export class LineOffice {
  readonly server: ServerUnderTest;
  readonly #folder: string;
  readonly #phones: CallingPhone[] = [];

  private constructor(folder: string, server: ServerUnderTest) {
    this.#folder = folder;
    this.server = server;
  }

  static async open(options: OfficeOptions = {}): Promise<LineOffice> {
    const folder = await mkdtemp(join(tmpdir(), "lamplighter-office-"));
    await writeFile(join(folder, "sla.conf"), slaConf(options));
    await writeFile(join(folder, "sip.conf"), sipConf(options));
    await writeFile(join(folder, "extensions.conf"), extensionsConf(options));
    await options.prepare?.(folder);
    const { store, yaml } = options;
    if (yaml !== undefined) await writeFile(join(folder, "site.yaml"), yaml);
    const node = store === undefined ? {} : { store: store.url, args: ["--node", store.node, "--lease", "2"] };
    return new LineOffice(folder, await ServerUnderTest.start({ site: folder, ...node }));
  }

  /** Writes sla.conf anew and has it read. */
  async changeLines(sla: string): Promise<void> {
    await writeFile(join(this.#folder, "sla.conf"), sla);
    const { status, json } = await this.server.api("POST", "reload");
    assert.equal(status, 200, JSON.stringify(json));
  }

  /** A phone or the gateway, registered. */
  async phone(user: string, voice?: number): Promise<CallingPhone> {
    const port = this.server.sipPort;
    const phone = await CallingPhone.open({ user, password: `${user}-secret`, port, ...(voice === undefined ? {} : { voice }) });
    this.#phones.push(phone);
    await phone.register();
    return phone;
  }

  /** Address of an extension. */
  uri(extension: string): string {
    return `sip:${extension}@127.0.0.1`;
  }

  /** What the lamp of a key shows. */
  async lamp(extension: string): Promise<string> {
    const { json } = await this.server.api("GET", `lamps/${extension}`);
    return String((json as { readonly state: unknown }).state);
  }

  /** Resolves when the lamp of a key shows this. */
  async shows(extension: string, state: string): Promise<void> {
    await eventually(async () => {
      assert.equal(await this.lamp(extension), state, extension);
    }, SETTLED_MS);
  }

  /** Resolves when nobody is on a line, and no lamp says otherwise. */
  async idle(): Promise<void> {
    for (const line of ["line1", "line2"]) for (const station of STATIONS) await this.shows(`${station}_${line}`, "Idle");
  }

  async stop(): Promise<void> {
    await stopAll([() => rm(this.#folder, { recursive: true, force: true }), this.server, ...this.#phones]);
  }
}
