import type { XmlElement } from "#base/xml/element";
import { fail, ok, type Result } from "#base/result";
import { attributesBelow } from "./master-file.ts";

/** Parameters by their full dotted names. */
export type Parameters = ReadonlyMap<string, string>;

/** Where and how reg.1 registers. */
export interface Registration {
  /** User part of the address-of-record. */
  readonly user: string;
  readonly authUser: string;
  readonly password: string;
  readonly label: string;
  readonly displayName: string;
  /** Host of the address-of-record. */
  readonly server: string;
  /** Where requests are sent to: the outbound proxy, or the server. */
  readonly targetHost: string;
  readonly targetPort: number;
  readonly transport: "udp" | "tcp";
  readonly expiresSeconds: number;
  readonly subscribeExpiresSeconds: number;
}

/** A monitored key: attendant.resourceList.N. */
export interface Resource {
  /** N. */
  readonly number: number;
  /** User part or URI, as configured. */
  readonly address: string;
  readonly label: string;
}

/** What the phone does with its parameters, for lamps and registration. */
export interface PhoneSettings {
  readonly registration: Registration;
  /** Keys that reg.1 takes; monitored keys follow. */
  readonly lineKeys: number;
  readonly resources: readonly Resource[];
  readonly displayHoldState: boolean;
  readonly strictVersion: boolean;
  /** true: the parameter of a target is written `pvalue`, false: `pval`. */
  readonly usePvalue: boolean;
  readonly checkSyncAlwaysReboots: boolean;
}

const SIP_PORT = 5060;
const EXPIRES_DEFAULT_SECONDS = 3600;
/** Resources that a phone accepts (UC Software 4.0.15). */
const RESOURCES_MAX = 48;

/** Merges files, the most important first: the first value of a parameter wins (polycom.md §2.5). */
export function mergeParameters(files: readonly XmlElement[]): Parameters {
  const merged = new Map<string, string>();
  for (const file of files) {
    for (const [name, value] of attributesBelow(file)) if (!merged.has(name)) merged.set(name, value);
  }
  return merged;
}

/** Reads what matters here out of the parameters. The error says which parameter is missing. */
export function readSettings(parameters: Parameters): Result<PhoneSettings, string> {
  const registration = readRegistration(parameters);
  if (!registration.ok) return registration;
  return ok({
    registration: registration.value,
    lineKeys: wholeOf(parameters, "reg.1.lineKeys") ?? 1,
    resources: readResources(parameters),
    displayHoldState: switchOf(parameters, "attendant.displayHoldState.enable", false),
    strictVersion: switchOf(parameters, "voIpProt.SIP.dialog.strictVersionValidation", true),
    usePvalue: switchOf(parameters, "voIpProt.SIP.dialog.usePvalue", false),
    checkSyncAlwaysReboots: switchOf(parameters, "voIpProt.SIP.specialEvent.checkSync.alwaysReboot", false),
  });
}

function readRegistration(parameters: Parameters): Result<Registration, string> {
  const [user = "", host] = textOf(parameters, "reg.1.address").split("@");
  if (user === "") return fail("no reg.1.address: nothing to register");
  // With a server of its own, the block of all registrations is ignored for the line (§4.1).
  const block = textOf(parameters, "reg.1.server.1.address") === "" ? "voIpProt.server.1" : "reg.1.server.1";
  const server = textOf(parameters, `${block}.address`);
  if (server === "") return fail("neither reg.1.server.1.address nor voIpProt.server.1.address: nowhere to register");
  return ok({
    user,
    authUser: textOf(parameters, "reg.1.auth.userId", user),
    password: parameters.get("reg.1.auth.password") ?? "",
    label: textOf(parameters, "reg.1.label", user),
    displayName: textOf(parameters, "reg.1.displayName"),
    server: host ?? server,
    ...readTarget(parameters, block),
    expiresSeconds: wholeOf(parameters, `${block}.expires`) ?? EXPIRES_DEFAULT_SECONDS,
    subscribeExpiresSeconds: wholeOf(parameters, `${block}.subscribe.expires`) ?? EXPIRES_DEFAULT_SECONDS,
  });
}

/** The outbound proxy when there is one, otherwise the server. */
function readTarget(parameters: Parameters, serverBlock: string): Pick<Registration, "targetHost" | "targetPort" | "transport"> {
  const block = textOf(parameters, "reg.1.outboundProxy.address") === "" ? serverBlock : "reg.1.outboundProxy";
  const port = wholeOf(parameters, `${block}.port`) ?? 0;
  return {
    targetHost: textOf(parameters, `${block}.address`),
    // 0 is "ask DNS" on a phone; without an entry there that is the default port.
    targetPort: port === 0 ? SIP_PORT : port,
    transport: /^tcp/i.test(textOf(parameters, `${block}.transport`)) ? "tcp" : "udp",
  };
}

function readResources(parameters: Parameters): Resource[] {
  const resources: Resource[] = [];
  for (let number = 1; number <= RESOURCES_MAX; number += 1) {
    const address = textOf(parameters, `attendant.resourceList.${number}.address`);
    if (address !== "")
      resources.push({ number, address, label: textOf(parameters, `attendant.resourceList.${number}.label`, address) });
  }
  return resources;
}

/** The value without blanks around; `whenEmpty` for one that is missing or empty. */
function textOf(parameters: Parameters, name: string, whenEmpty = ""): string {
  const text = (parameters.get(name) ?? "").trim();
  return text === "" ? whenEmpty : text;
}

function wholeOf(parameters: Parameters, name: string): number | undefined {
  const text = textOf(parameters, name);
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function switchOf(parameters: Parameters, name: string, byDefault: boolean): boolean {
  const text = textOf(parameters, name);
  return text === "" ? byDefault : text === "1" || text === "true";
}
