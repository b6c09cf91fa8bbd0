import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type ParsedNode, type YAMLMap } from "yaml";
import type { Diagnostic } from "#domain/site/diagnostic";
import { normalMac } from "#domain/site/derived-phones";
import { didYouMean } from "#domain/site/nearest";
import type { Account, Hint, Phone, Site, SiteReading, Station, Trunk } from "#domain/site/site";

/**
 * The native site: lines × phones, everything else derived.
 *
 * ```yaml
 * lines:                     # trunks; a list of names, or name: {device, ringtimeout, barge, hold}
 *   T1: { device: Local/trunk1@sla_trunks/n, label: L1 }
 * phones:                    # MAC: {}; each gets an account of its own and a key per line
 *   0000FFFF0005: { label: Reception, model: VVX_400, secret: … }
 * context: LocalSets         # where keys and hints live; default "default"
 * hints: { "100": [SIP/0000FFFF0005, SIP/0000FFFF0006] }
 * ```
 */
const TOP = ["realm", "context", "lines", "phones", "hints"];
const LINE = ["device", "label", "ringtimeout", "barge", "hold"];
const PHONE = ["label", "model", "secret", "callerid", "lines"];

const DEFAULT_CONTEXT = "default";

/** Reads a `site.yaml`; `file` is its name for diagnostics. Never throws. */
export function readYamlSite(text: string, file: string): SiteReading {
  return new YamlSiteReader(text, file).read();
}

interface Line {
  readonly trunk: Trunk;
  readonly label: string | undefined;
}

class YamlSiteReader {
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #text: string;
  readonly #diagnostics: Diagnostic[] = [];

  constructor(text: string, file: string) {
    this.#file = file;
    this.#text = text;
  }

  read(): SiteReading {
    const document = parseDocument(this.#text, { lineCounter: this.#lines, maxAliasCount: 100, schema: "failsafe" } as never);
    for (const error of document.errors)
      this.#say("YAML-E01", error.pos[0], `${error.message.split("\n")[0] ?? "not readable"} (the whole file is rejected)`);
    if (document.errors.length > 0)
      return { site: EMPTY, diagnostics: this.#diagnostics, unusable: `${this.#file} is rejected as a whole: see its YAML-E01` };
    const root = document.contents;
    if (root === null) return { site: EMPTY, diagnostics: this.#diagnostics };
    if (!isMap(root)) {
      this.#say("YAML-E01", 0, "write keys like lines: and phones: at the top (the whole file is rejected)");
      return { site: EMPTY, diagnostics: this.#diagnostics, unusable: `${this.#file} is rejected as a whole: see its YAML-E01` };
    }
    return { site: this.#site(root as YAMLMap<Node, Node>), diagnostics: this.#diagnostics };
  }

  #site(root: YAMLMap<Node, Node>): Site {
    this.#nameStrangers(root, TOP, "the site");
    const context = this.#scalar(root, "context") ?? DEFAULT_CONTEXT;
    const realm = this.#scalar(root, "realm");
    const lines = this.#readLines(root.get("lines", true));
    const phones = this.#readPhones(root.get("phones", true), lines, context);
    const stations = phones.flatMap((phone) => phone.stations);
    const keyHints = stations.flatMap((station) =>
      station.keys.map(({ trunk }): Hint => ({
        extension: `${station.name}_${trunk}`,
        context,
        devices: [`SLA:${station.name}_${trunk}`],
        origin: station.origin,
      })),
    );
    return {
      ...(realm === undefined ? {} : { realm }),
      trunks: lines.map((line) => line.trunk),
      stations,
      accounts: phones.map((phone) => phone.account),
      phones: phones.map((phone) => phone.phone),
      hints: [...keyHints, ...this.#readHints(root.get("hints", true), context)],
      includes: {},
    };
  }

  #readLines(node: unknown): Line[] {
    if (node === undefined || node === null) return [];
    if (isSeq(node)) {
      return node.items.flatMap((item) => (isScalar(item) ? [this.#line(String(item.value), undefined, item as Node)] : []));
    }
    if (!isMap(node)) {
      this.#say("YAML-E02", offsetOf(node), "lines is a list of names, or name: {device: …}");
      return [];
    }
    return node.items.flatMap((pair) => {
      const body = isMap(pair.value) ? (pair.value as YAMLMap<Node, Node>) : undefined;
      return [this.#line(String(pair.key), body, pair.key as Node)];
    });
  }

  #line(name: string, body: YAMLMap<Node, Node> | undefined, at: Node): Line {
    if (body !== undefined) this.#nameStrangers(body, LINE, "a line");
    const hold = body === undefined ? undefined : this.#scalar(body, "hold");
    if (hold !== undefined && hold !== "open" && hold !== "private")
      this.#say("YAML-W02", offsetOf(body?.get("hold", true)), `hold is open or private: open is used`);
    const trunk: Trunk = {
      name,
      device: (body === undefined ? undefined : this.#scalar(body, "device")) ?? `Custom/${name}`,
      ringtimeout: body === undefined ? 0 : this.#seconds(body, "ringtimeout"),
      barge: (body === undefined ? undefined : this.#scalar(body, "barge")) !== "no",
      hold: hold === "private" ? "private" : "open",
      origin: this.#origin(at),
    };
    return { trunk, label: body === undefined ? undefined : this.#scalar(body, "label") };
  }

  #readPhones(node: unknown, lines: readonly Line[], context: string): { account: Account; phone: Phone; stations: Station[] }[] {
    if (node === undefined || node === null) return [];
    if (!isMap(node)) {
      this.#say("YAML-E02", offsetOf(node), "phones maps MAC addresses to their settings: 0004f2aabbcc: {}");
      return [];
    }
    return node.items.flatMap((pair) => {
      const written = String(pair.key);
      const mac = normalMac(written);
      if (mac === undefined) {
        this.#say("YAML-E03", offsetOf(pair.key), `"${written.slice(0, 40)}" is no MAC address: write 12 hexadecimal digits`);
        return [];
      }
      return [
        this.#phone(
          written,
          mac,
          isMap(pair.value) ? (pair.value as YAMLMap<Node, Node>) : undefined,
          pair.key as Node,
          lines,
          context,
        ),
      ];
    });
  }

  #phone(
    written: string,
    mac: string,
    body: YAMLMap<Node, Node> | undefined,
    at: Node,
    lines: readonly Line[],
    context: string,
  ): { account: Account; phone: Phone; stations: Station[] } {
    if (body !== undefined) this.#nameStrangers(body, PHONE, "a phone");
    const text = (key: string): string | undefined => (body === undefined ? undefined : this.#scalar(body, key));
    const name = written.replace(/[:.-]/g, "");
    const origin = this.#origin(at);
    const secret = text("secret");
    const callerid = text("callerid");
    return {
      account: {
        name,
        ...(secret === undefined ? {} : { secret }),
        context,
        subscribeContext: context,
        ...(callerid === undefined ? {} : { callerid }),
        origin,
      },
      phone: {
        mac,
        vendor: "polycom",
        model: text("model") ?? "generic",
        label: text("label") ?? name,
        accounts: [name],
        origin,
      },
      stations: this.#wantedLines(body, lines).map((line, index) => station(name, line, index, origin)),
    };
  }

  /** All lines, or those that the phone names. */
  #wantedLines(body: YAMLMap<Node, Node> | undefined, lines: readonly Line[]): readonly Line[] {
    const wanted = body?.get("lines", true);
    if (!isSeq(wanted)) return lines;
    return wanted.items.flatMap((item) => {
      const name = isScalar(item) ? String(item.value) : "";
      const line = lines.find(({ trunk }) => trunk.name === name);
      if (line !== undefined) return [line];
      this.#say(
        "YAML-E04",
        offsetOf(item),
        `line "${name.slice(0, 40)}" is not defined${didYouMean(
          name,
          lines.map(({ trunk }) => trunk.name),
        )}`,
      );
      return [];
    });
  }

  #readHints(node: unknown, context: string): Hint[] {
    if (node === undefined || node === null) return [];
    if (!isMap(node)) {
      this.#say("YAML-E02", offsetOf(node), `hints maps extensions to devices: "100": [SIP/a, SIP/b]`);
      return [];
    }
    return node.items.map((pair) => {
      const items: unknown[] = isSeq(pair.value) ? pair.value.items : [pair.value];
      const devices = items.flatMap((item) => (isScalar(item) ? [String(item.value)] : []));
      return { extension: String(pair.key), context, devices, origin: this.#origin(pair.key as Node) };
    });
  }

  #scalar(map: YAMLMap<Node, Node>, key: string): string | undefined {
    const node = map.get(key, true) as unknown;
    if (node === undefined || node === null) return undefined;
    if (isScalar(node)) return typeof node.value === "string" && node.value !== "" ? node.value : undefined;
    this.#say("YAML-E02", offsetOf(node), `${key} is one value`);
    return undefined;
  }

  #seconds(map: YAMLMap<Node, Node>, key: string): number {
    const text = this.#scalar(map, key);
    if (text === undefined) return 0;
    if (/^\d{1,5}$/.test(text) && Number(text) <= 86_400) return Number(text);
    this.#say("YAML-W02", offsetOf(map.get(key, true)), `${key} is a number of seconds from 0 to 86400: 0 is used`);
    return 0;
  }

  #nameStrangers(map: YAMLMap<Node, Node>, known: readonly string[], place: string): void {
    for (const pair of map.items) {
      const key = String(pair.key);
      if (!known.includes(key))
        this.#say(
          "YAML-E05",
          offsetOf(pair.key),
          `${key.slice(0, 40)} is not a field of ${place}${didYouMean(key, known)}: known are ${known.join(", ")}`,
        );
    }
  }

  #origin(node: Node): string {
    return `${this.#file}:${this.#lines.linePos(offsetOf(node)).line}`;
  }

  #say(code: string, offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    this.#diagnostics.push({ file: this.#file, line: Math.max(1, line), column: Math.max(1, col), code, message });
  }
}

/** The station of one line key, named as the requirement's example does: L1-<account>. */
function station(account: string, { trunk, label }: Line, index: number, origin: string): Station {
  const name = label ?? `L${index + 1}`;
  return {
    name: `${name}-${account}`,
    device: `SIP/${account}`,
    keys: [{ trunk: trunk.name, ringdelay: 0, ringtimeout: 0 }],
    ringdelay: 0,
    ringtimeout: 0,
    hold: "open",
    origin,
  };
}

function offsetOf(node: unknown): number {
  return (node as ParsedNode | undefined | null)?.range[0] ?? 0;
}

const EMPTY: Site = { trunks: [], stations: [], accounts: [], phones: [], hints: [], includes: {} };
