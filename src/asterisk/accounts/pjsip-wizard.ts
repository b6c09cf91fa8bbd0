import { normalMac } from "#domain/site/derived-phones";
import { show } from "#domain/site/shown";
import type { NativeExtension, Phone } from "#domain/site/site";
import { listOf, readFlag } from "./account-values.ts";
import { mergedSections, type ConfFile, type Entry, type Section } from "../conf/conf-value.ts";
import type { PjsipObject } from "./pjsip-objects.ts";
import { PJSIP_TABLES, WIZARD_OPTIONS } from "./pjsip-options.ts";
import type { LineFindings } from "../options/line-findings.ts";
import { SectionOptions } from "../options/section-options.ts";

/** What the wizard sections stand for. */
export interface WizardReading {
  readonly objects: readonly PjsipObject[];
  readonly extensions: readonly NativeExtension[];
  readonly phones: readonly Phone[];
}

/** Providers' hosts of one wizard: each makes a contact, an address and a registration. */
const HOSTS_MAX = 20;
/** Object that an option before a slash belongs to, by its type in pjsip.conf. */
const PREFIXES = new Map([
  ["endpoint", "endpoint"],
  ["aor", "aor"],
  ["inbound_auth", "auth"],
  ["outbound_auth", "auth"],
  ["identify", "identify"],
  ["registration", "registration"],
]);

/** Turns each `type = wizard` section of pjsip_wizard.conf into the objects that Asterisk makes of it. */
export function readWizards(conf: ConfFile, findings: LineFindings): WizardReading {
  const wizards = mergedSections(conf, ({ name }) => name).flatMap((section) => wizardOf(section, findings) ?? []);
  return {
    objects: wizards.flatMap((wizard) => wizard.objects()),
    extensions: wizards.flatMap((wizard) => wizard.extension()),
    phones: wizards.flatMap((wizard) => wizard.phone()),
  };
}

function wizardOf(section: Section, findings: LineFindings): Wizard | undefined {
  const options = new SectionOptions(section);
  const type = options.entry("type");
  if (type?.value.toLowerCase() !== "wizard") {
    const message = `[${show(section.name)}] of pjsip_wizard.conf is left out: write type = wizard`;
    findings.say("SIP-E07", type ?? { valueAt: section.at }, message);
    return undefined;
  }
  WIZARD_OPTIONS.nameStrangers(
    section.entries.filter((entry) => !isOfObject(entry)),
    findings,
  );
  return new Wizard(section, options, findings);
}

function isOfObject({ key }: Entry): boolean {
  const [prefix = "", name] = key.split("/");
  return name !== undefined && (prefix === "phoneprov" || PREFIXES.has(prefix));
}

class Wizard {
  readonly #section: Section;
  readonly #options: SectionOptions;
  readonly #findings: LineFindings;
  readonly #hosts: readonly string[];

  constructor(section: Section, options: SectionOptions, findings: LineFindings) {
    this.#section = section;
    this.#options = options;
    this.#findings = findings;
    const hosts = listOf(options.value("remote_hosts") ?? "");
    const entry = options.entry("remote_hosts");
    if (entry !== undefined && hosts.length > HOSTS_MAX)
      findings.say(
        "SIP-W04",
        entry,
        `remote_hosts of [${show(section.name)}] has more than ${HOSTS_MAX} hosts: the others are ignored`,
      );
    this.#hosts = hosts.slice(0, HOSTS_MAX);
  }

  objects(): readonly PjsipObject[] {
    const { name } = this.#section;
    return [
      this.#object("endpoint", name, "endpoint", this.#ofEndpoint()),
      this.#object("aor", name, "aor", this.#ofAor()),
      ...(this.#is("accepts_auth") ? [this.#object("auth", `${name}-iauth`, "inbound_auth", [])] : []),
      ...(this.#is("sends_auth") ? [this.#object("auth", `${name}-oauth`, "outbound_auth", [])] : []),
      ...this.#identify(),
      ...(this.#is("sends_registrations") ? this.#hosts.map((host, place) => this.#registration(host, place)) : []),
    ];
  }

  /** `has_hint`: the number that shows and rings it. */
  extension(): NativeExtension[] {
    const number = this.#options.value("hint_exten");
    if (!this.#is("has_hint") || number === undefined) return [];
    const context = this.#options.value("hint_context", "endpoint/context") ?? "default";
    return [{ number, context, devices: [`PJSIP/${this.#section.name}`], origin: this.#options.origin }];
  }

  /** `has_phoneprov`: the phone that gets a file. */
  phone(): Phone[] {
    const entry = this.#options.entry("phoneprov/mac");
    if (!this.#is("has_phoneprov") || entry === undefined) return [];
    const { name } = this.#section;
    const mac = normalMac(entry.value);
    if (mac !== undefined)
      return [{ mac, vendor: "polycom", model: "generic", label: name, accounts: [name], origin: this.#options.origin }];
    const message = `phoneprov/MAC "${show(entry.value)}" of [${show(name)}] is no MAC address: write 12 hexadecimal digits`;
    this.#findings.say("SIP-W04", entry, message);
    return [];
  }

  #is(key: string): boolean {
    return readFlag(this.#options.entry(key), false, this.#findings.say);
  }

  #ofEndpoint(): Entry[] {
    const { name } = this.#section;
    return [
      this.#made("aors", name),
      ...(this.#is("accepts_auth") ? [this.#made("auth", `${name}-iauth`)] : []),
      ...(this.#is("sends_auth") ? [this.#made("outbound_auth", `${name}-oauth`)] : []),
      ...this.#copied("transport"),
      ...this.#copied("outbound_proxy"),
    ];
  }

  #ofAor(): Entry[] {
    const contacts = this.#options.entry("aor/contact") === undefined ? this.#hosts : [];
    const pattern = this.#options.value("contact_pattern") ?? "sip:${REMOTE_HOST}";
    return [
      ...contacts.map((host) => this.#made("contact", this.#filled(pattern, host))),
      ...(this.#is("accepts_registrations") ? [this.#made("max_contacts", "1")] : []),
    ];
  }

  #identify(): PjsipObject[] {
    const isMatched = this.#options.entry("identify/match") !== undefined;
    const isByAddress =
      this.#hosts.length > 0 && !this.#is("accepts_registrations") && !this.#is("sends_line_with_registrations");
    if (!isMatched && !isByAddress) return [];
    const { name } = this.#section;
    const matches = isMatched ? [] : this.#hosts.map((host) => this.#made("match", host));
    return [this.#object("identify", `${name}-identify`, "identify", [this.#made("endpoint", name), ...matches])];
  }

  #registration(host: string, place: number): PjsipObject {
    const { name } = this.#section;
    const server = this.#options.value("server_uri_pattern") ?? "sip:${REMOTE_HOST}";
    const client = this.#options.value("client_uri_pattern") ?? "sip:${USERNAME}@${REMOTE_HOST}";
    return this.#object("registration", `${name}-reg-${place}`, "registration", [
      this.#made("server_uri", this.#filled(server, host)),
      this.#made("client_uri", this.#filled(client, host)),
      this.#made("outbound_auth", `${name}-oauth`),
      // Only the first can be the account's; the others stand for themselves.
      ...(place === 0 ? [this.#made("endpoint", name)] : []),
      ...this.#copied("transport"),
    ]);
  }

  #filled(pattern: string, host: string): string {
    const username = this.#options.value("outbound_auth/username") ?? this.#section.name;
    return pattern.replaceAll("${REMOTE_HOST}", () => host).replaceAll("${USERNAME}", () => username);
  }

  /** What is written for it comes last, so it wins over what is made. */
  #object(type: string, name: string, prefix: string, made: readonly Entry[]): PjsipObject {
    const own = this.#section.entries.flatMap((entry) => {
      if (!entry.key.startsWith(`${prefix}/`)) return [];
      const key = entry.key.slice(prefix.length + 1);
      return [{ ...entry, key, writtenKey: entry.writtenKey.slice(prefix.length + 1) }];
    });
    PJSIP_TABLES.get(PREFIXES.get(prefix) ?? "")?.nameStrangers(own, this.#findings);
    return { type, name, at: this.#section.at, entries: [...made, ...own] };
  }

  /** A line that nobody wrote: it stands where the section begins. */
  #made(key: string, value: string): Entry {
    const { at } = this.#section;
    return { key, writtenKey: key, value, at, valueAt: at };
  }

  #copied(key: string): Entry[] {
    const entry = this.#options.entry(key);
    return entry === undefined ? [] : [entry];
  }
}
