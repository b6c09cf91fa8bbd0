/** What `lamplighter serve` was asked for (design §6); made by cli/serve.ts, defaults filled in. */
export interface ServerConfig {
  /** A folder with Asterisk files and/or site.yaml, or one YAML file. */
  readonly site: string;
  /** Everything written. */
  readonly data: string;
  /** "embedded" or a Redis URL. */
  readonly store: string;
  readonly http: HostPort;
  readonly https?: HostPort;
  /** Certificates of HTTPS and of SIP inside TLS; none: one of our own. The first is for peers that name no host. */
  readonly tls: readonly CertificateFiles[];
  /** "udp:0.0.0.0:5060", … */
  readonly sip: readonly string[];
  readonly advertise?: string;
  readonly domain?: string;
  /** CIDR blocks whose requests need no digest. */
  readonly trust: readonly string[];
  /** UDP ports for audio, both included; absent: no calls are taken. */
  readonly rtpPorts?: { readonly from: number; readonly to: number };
  /** Folder of music on hold: a folder of WAV files for each class. */
  readonly music?: string;
  /** Folder of prompts: WAV files. */
  readonly sounds?: string;
  readonly node: string;
  /** Seconds that a silent node keeps what it owns. */
  readonly lease: number;
  readonly watch: boolean;
  /** Folders besides the site's own that its files may include from. */
  readonly allowInclude: readonly string[];
}

/** PEM files of one certificate. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** The server cannot start as asked: the message says why and what to do; exit code 2. */
export class StartRefused extends Error {
  override readonly name = "StartRefused";
}
