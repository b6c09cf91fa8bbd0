import { X509Certificate } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { createSecureContext, type SecureContext, type TlsOptions } from "node:tls";
import type { Clock } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import type { TlsIdentity } from "#sip/transport/listener";
import { isWildcard } from "#sip/transport/local-addresses";
import { StartRefused, type CertificateFiles, type ServerConfig } from "./config.ts";
import { reasonOf } from "./reason-of.ts";
import { selfSigned, type CertificatePair } from "./self-signed.ts";

/** TLS 1.0 and 1.1 are over (RFC 8996). */
const MIN_VERSION = "TLSv1.2";
/** A certificate is told of, and our own is made anew, this long before it ends. */
const RENEW_BEFORE_MS = 30 * 24 * 3600 * 1000;

export interface CertificatesParts {
  /** --tls-cert and --tls-key; none: our own certificate, kept in the data folder. */
  readonly files: readonly CertificateFiles[];
  readonly data: string;
  /** Host names and addresses that our own certificate must be good for. */
  readonly names: readonly string[];
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
  readonly log: Log;
}

interface Loaded extends CertificatePair {
  readonly context: SecureContext;
  readonly x509: X509Certificate;
}

type Server = Parameters<TlsIdentity["follow"]>[0];

/** The certificates that HTTPS and SIP inside TLS show; `reload` reads the files again (SIGHUP) and running servers go on with what is new. */
export class Certificates implements TlsIdentity {
  readonly #parts: CertificatesParts;
  readonly #servers = new Set<Server>();
  #loaded: readonly Loaded[];

  private constructor(parts: CertificatesParts, loaded: readonly Loaded[]) {
    this.#parts = parts;
    this.#loaded = loaded;
  }

  /** Rejects with StartRefused when a file cannot be used. */
  static async load(parts: CertificatesParts): Promise<Certificates> {
    return new Certificates(parts, await loadAll(parts));
  }

  /** Where our own certificate lies; undefined: it is not ours. */
  get ownFile(): string | undefined {
    return this.#parts.files.length === 0 ? ownFiles(this.#parts.data).certFile : undefined;
  }

  serverOptions(): TlsOptions {
    return {
      ...this.#defaults(),
      SNICallback: (name, done) => {
        done(null, this.#contextFor(name));
      },
    };
  }

  follow(server: Server): Stop {
    this.#servers.add(server);
    return async () => {
      this.#servers.delete(server);
      await Promise.resolve();
    };
  }

  /** What cannot be used is told and changes nothing. */
  async reload(): Promise<void> {
    try {
      this.#loaded = await loadAll(this.#parts);
    } catch (error) {
      this.#parts.log.error("the certificates were not taken over, the old ones go on", { error: reasonOf(error) });
      return;
    }
    for (const server of this.#servers) server.setSecureContext(this.#defaults());
  }

  #defaults(): TlsOptions {
    const first = this.#loaded[0];
    return { minVersion: MIN_VERSION, ...(first === undefined ? {} : { cert: first.cert, key: first.key }) };
  }

  /** The first certificate that is good for the host; for a host that none is for, the first (RFC 6066 §3). */
  #contextFor(name: string): SecureContext | undefined {
    return (this.#loaded.find(({ x509 }) => isFor(x509, name)) ?? this.#loaded[0])?.context;
  }
}

/** The certificates of this server; undefined when nothing that was asked for is inside TLS. */
export async function certificatesFor(
  config: ServerConfig,
  { clock, random, log }: Pick<CertificatesParts, "clock" | "random" | "log">,
): Promise<Certificates | undefined> {
  const isAsked = config.https !== undefined || config.sip.some((spec) => /^(tls|wss):/.test(spec));
  if (!isAsked && config.tls.length === 0) return undefined;
  const hosts = [config.advertise, config.domain, hostname(), config.https?.host];
  const names = new Set(hosts.flatMap((host) => (host === undefined || !isNameable(host) ? [] : [host.toLowerCase()])));
  return Certificates.load({ files: config.tls, data: config.data, names: [...names], clock, random, log });
}

/** A host that a certificate can be good for. */
function isNameable(host: string): boolean {
  return isIP(host) === 0 ? /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(host) : !isWildcard(host);
}

async function loadAll(parts: CertificatesParts): Promise<readonly Loaded[]> {
  const files = parts.files.length === 0 ? [await keepOwn(parts)] : parts.files;
  const loaded = await Promise.all(files.map(load));
  for (const [at, { x509 }] of loaded.entries()) {
    if (Date.parse(x509.validTo) - parts.clock.now() < RENEW_BEFORE_MS)
      parts.log.warn("a certificate ends soon or has ended", { file: files[at]?.certFile ?? "", ends: x509.validTo });
  }
  return loaded;
}

async function load({ certFile, keyFile }: CertificateFiles): Promise<Loaded> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile, "utf8"), readFile(keyFile, "utf8")]);
    return { cert, key, x509: new X509Certificate(cert), context: createSecureContext({ cert, key, minVersion: MIN_VERSION }) };
  } catch (error) {
    throw new StartRefused(`--tls-cert and --tls-key: ${certFile}, ${keyFile}: ${reasonOf(error)}`);
  }
}

/** Our own certificate: made on the first start, and made anew when it is not good for our names any more or ends soon. */
async function keepOwn(parts: CertificatesParts): Promise<CertificateFiles> {
  const files = ownFiles(parts.data);
  if (await isGood(files, parts)) return files;
  const made = await selfSigned(parts.names, parts.clock.now(), parts.random);
  await replaceFile(files.keyFile, made.key, 0o600);
  await replaceFile(files.certFile, made.cert, 0o644);
  parts.log.info("made a certificate of our own", { file: files.certFile, names: parts.names.join(", ") });
  return files;
}

function ownFiles(data: string): CertificateFiles {
  return { certFile: join(data, "tls-cert.pem"), keyFile: join(data, "tls-key.pem") };
}

async function isGood(files: CertificateFiles, { clock, names }: CertificatesParts): Promise<boolean> {
  try {
    const { x509 } = await load(files);
    return Date.parse(x509.validTo) - clock.now() > RENEW_BEFORE_MS && names.every((name) => isFor(x509, name));
  } catch {
    // Not there yet, or a pair that does not fit: a start was cut off between the two files.
    return false;
  }
}

function isFor(x509: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? x509.checkHost(name) : x509.checkIP(name)) !== undefined;
}

async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  await writeFile(`${path}.new`, text, { mode });
  await rename(`${path}.new`, path);
}
