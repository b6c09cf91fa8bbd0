import { severityOf, type Diagnostic } from "#domain/site/diagnostic";
import type { Site } from "#domain/site/site";
import { formatHostPort } from "#sip/message/uri";
import { isWildcard } from "#sip/transport/local-addresses";

/** What a person wants to know after the start. */
export interface StartFacts {
  readonly site: Site;
  readonly diagnostics: readonly Diagnostic[];
  readonly httpHost: string;
  readonly httpPort: number;
  readonly httpsPort?: number;
  /** "udp:0.0.0.0:5060" */
  readonly sip: readonly string[];
  /** Of a certificate that we made ourselves. */
  readonly ownCertificate?: string;
  readonly tokenPath: string;
  readonly store: string;
  readonly advertise?: string;
}

/** A few plain lines: where the panel, the provisioning address and the SIP ports are. */
export function startMessage(facts: StartFacts): string {
  const { site, diagnostics } = facts;
  const host = facts.advertise ?? (isWildcard(facts.httpHost) ? "localhost" : facts.httpHost);
  const base = `http://${formatHostPort(host, facts.httpPort)}`;
  const errors = diagnostics.filter((diagnostic) => severityOf(diagnostic) === "E").length;
  const lines = [
    "Lamplighter is ready.",
    `  panel          ${base}/   (sign in with the token in ${facts.tokenPath})`,
    `  provisioning   ${base}/provisioning/<secret>/   (each phone's own address: ${base}/api/v1/phones)`,
    ...(facts.httpsPort === undefined ? [] : [`  https          port ${facts.httpsPort}, the same pages`]),
    `  SIP            ${facts.sip.filter((spec) => !isWebSocket(spec)).join(", ")}`,
    `  SIP over WS    ${facts.sip.filter(isWebSocket).map(webSocketUrl).join(", ")}`,
    ...(facts.ownCertificate === undefined ? [] : [`  certificate    made here, ${facts.ownCertificate} (or give --tls-cert)`]),
    `  site           ${site.trunks.length} trunks, ${site.stations.length} stations, ${site.phones.length} phones, ${site.hints.length} lamps`,
    `  store          ${facts.store}`,
  ];
  if (errors > 0)
    lines.push(`  NOT SERVED     ${errors} object${errors === 1 ? "" : "s"} with errors: run lamplighter check on the site`);
  return `${lines.join("\n")}\n`;
}

function isWebSocket(spec: string): boolean {
  return /^wss?:/.test(spec);
}

function webSocketUrl(spec: string): string {
  return `${spec.replace(":", "://")}/sip`;
}
