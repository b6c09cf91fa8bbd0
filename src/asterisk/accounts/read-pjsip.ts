import type { Diagnostic } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";
import type { Account, NativeExtension, Phone } from "#domain/site/site";
import type { AccountTransport, Registration } from "#domain/site/account";
import { readAcl } from "./account-values.ts";
import { attachRegistrations } from "./attach-registrations.ts";
import type { ConfFile } from "../conf/conf-value.ts";
import { KnownWords, LineFindings } from "../options/line-findings.ts";
import { readEndpoint, sayAclFile } from "./pjsip-endpoint.ts";
import { PjsipObjects, readPjsipObjects } from "./pjsip-objects.ts";
import { PJSIP_TABLES } from "./pjsip-options.ts";
import { parsePjsipUri } from "./pjsip-uri.ts";
import { readWizards } from "./pjsip-wizard.ts";
import { serverUri, type WantedRegistration } from "./read-register.ts";
import type { Say } from "../options/read-values.ts";
import { written, type SectionOptions } from "../options/section-options.ts";

/** What `pjsip.conf` and `pjsip_wizard.conf` say. */
export interface PjsipReading {
  readonly accounts: readonly Account[];
  readonly phones: readonly Phone[];
  readonly extensions: readonly NativeExtension[];
  readonly realm?: string;
  readonly diagnostics: readonly Diagnostic[];
}

const DEFAULT_CONTEXT = "default";
const EXPIRY_MAX_SECONDS = 86_400;

/** Reads endpoints and what belongs to them; a wizard section is what Asterisk makes of it. */
export function readPjsip(conf: ConfFile, wizardConf: ConfFile): PjsipReading {
  const findings = new LineFindings();
  const { say } = findings;
  const own = readPjsipObjects(conf, say);
  for (const { type, entries } of own) PJSIP_TABLES.get(type)?.nameStrangers(entries, findings);
  const wizards = readWizards(wizardConf, findings);
  const objects = new PjsipObjects([...own, ...wizards.objects]);
  const accounts = readAccounts(objects, say);
  const registrations = objects.all("registration").flatMap((section) => readRegistration(section, objects, say) ?? []);
  const ofNew = { context: DEFAULT_CONTEXT, subscribeContext: DEFAULT_CONTEXT };
  const known = new Set(accounts.map(({ name }) => name));
  return {
    accounts: attachRegistrations(accounts, registrations, ofNew, say),
    phones: wizards.phones.filter(({ accounts: names }) => names.every((name) => known.has(name))),
    extensions: wizards.extensions,
    ...written({ realm: realmOf(objects) }),
    diagnostics: findings.diagnostics,
  };
}

function readAccounts(objects: PjsipObjects, say: Say): readonly Account[] {
  const acls = objects.all("acl");
  for (const section of acls) sayAclFile(section, say);
  const namesOf = (type: string): KnownWords => KnownWords.ofFile(objects.all(type).map(({ name }) => name));
  const parts = {
    objects,
    names: { auth: namesOf("auth"), aor: namesOf("aor"), transport: namesOf("transport") },
    identifies: identifiesOf(objects, say),
    acl: readAcl(
      acls.flatMap((section) => section.all("permit", "deny")),
      say,
    ),
    say,
  };
  const { acl } = parts;
  // Nobody gets in past a list that cannot be read.
  if (acl === undefined) return [];
  return objects.all("endpoint").flatMap((endpoint) => readEndpoint(endpoint, { ...parts, acl }) ?? []);
}

function identifiesOf(objects: PjsipObjects, say: Say): ReadonlyMap<string, readonly SectionOptions[]> {
  const byEndpoint = new Map<string, SectionOptions[]>();
  const endpoints = KnownWords.ofFile(objects.all("endpoint").map(({ name }) => name));
  for (const identify of objects.all("identify")) {
    const entry = identify.entry("endpoint");
    const name = entry?.value ?? "";
    if (!endpoints.has(name)) {
      const message = `identify section [${show(identify.name)}] names no endpoint that is there${endpoints.near(name)}: write endpoint = …`;
      say("SIP-W09", entry ?? { valueAt: identify.at }, message);
    }
    const known = byEndpoint.get(name);
    if (known === undefined) byEndpoint.set(name, [identify]);
    else known.push(identify);
  }
  return byEndpoint;
}

function readRegistration(section: SectionOptions, objects: PjsipObjects, say: Say): WantedRegistration | undefined {
  const serverEntry = section.entry("server_uri");
  const [server, client] = [parsePjsipUri(serverEntry?.value ?? ""), parsePjsipUri(section.value("client_uri") ?? "")];
  const name = show(section.name);
  if (server === undefined || client?.user === undefined) {
    const lack = server === undefined ? "server_uri = sip:host" : "client_uri = sip:user@host";
    say("SIP-E05", serverEntry ?? { valueAt: section.at }, `registration [${name}] is left out: write ${lack}`);
    return undefined;
  }
  const registration = {
    server: serverUri(server, server.transport ?? transportOf(section, objects)),
    username: client.user,
    ...shownTo(client.user, objects.find("auth", section.value("outbound_auth"))),
    ...written({
      domain: client.host === server.host ? undefined : client.host,
      extension: section.value("contact_user"),
      expirySeconds: readExpiry(section, say),
    }),
    origin: section.origin,
  };
  return {
    registration,
    ...written({ peer: peerOf(section, objects) }),
    registrar: { host: server.host, ...written({ port: server.port }) },
    entry: { valueAt: section.at },
  };
}

/** How we show the provider who we are. */
function shownTo(user: string, auth: SectionOptions | undefined): Pick<Registration, "authUser" | "secret"> {
  const authUser = auth?.value("username");
  return written({ authUser: authUser === user ? undefined : authUser, secret: auth?.value("password") });
}

function transportOf(section: SectionOptions, objects: PjsipObjects): AccountTransport | undefined {
  const protocol = objects.find("transport", section.value("transport"))?.value("protocol")?.toLowerCase();
  return TRANSPORTS.find((known) => known === protocol);
}

const TRANSPORTS = ["udp", "tcp", "tls", "ws", "wss"] as const;

/** The endpoint that it names, or the one that has its name. */
function peerOf(section: SectionOptions, objects: PjsipObjects): string | undefined {
  return section.value("endpoint") ?? objects.find("endpoint", section.name)?.name;
}

function readExpiry(section: SectionOptions, say: Say): number | undefined {
  const entry = section.entry("expiration");
  if (entry === undefined) return undefined;
  const seconds = /^\d{1,5}$/.test(entry.value) ? Number(entry.value) : 0;
  if (seconds >= 1 && seconds <= EXPIRY_MAX_SECONDS) return seconds;
  const what = `expiration "${show(entry.value)}" is no number of seconds from 1 to ${EXPIRY_MAX_SECONDS}`;
  say("SIP-W04", entry, `${what}: the provider's is used`);
  return undefined;
}

/** The realm that we challenge with: `default_realm`, else the one that all who show themselves to us agree on. */
function realmOf(objects: PjsipObjects): string | undefined {
  const ofGlobal = objects.all("global").map((section) => section.value("default_realm"));
  const inbound = objects.all("endpoint").map((endpoint) => objects.find("auth", endpoint.value("auth"))?.value("realm"));
  const [first, ...more] = new Set(inbound.filter((realm) => realm !== undefined));
  return ofGlobal.find((realm) => realm !== undefined) ?? (more.length === 0 ? first : undefined);
}
