import type { Clock } from "#base/clock";
import { phoneKeys } from "#domain/site/phone-keys";
import type { Phone, Site } from "#domain/site/site";
import type { PhoneView, RegistrationView } from "#provisioner/phone-view";
import type { Fetch, FetchLog, PhoneDirectory } from "#provisioner/ports";
import { advertisedOrigin } from "./advertised-origin.ts";
import type { Credentials } from "./credentials.ts";
import type { PhoneSecrets } from "./phone-secrets.ts";
import type { SiteRunner } from "./site-runner.ts";

/** Fetches remembered per phone. */
const FETCHES_MAX = 20;
const EXPIRES_SECONDS = 3600;
/** Views kept: phones times the addresses of ours that they come to. */
const VIEWS_MAX = 20_000;

/** Where a phone finds the SIP server. */
export interface SipServer {
  readonly port: number;
  readonly transport: "udp" | "tcp" | "tls";
}

/** Phones as the provisioner sees them; a view is the same object until the site changes. */
export class PhoneViews implements PhoneDirectory, FetchLog {
  readonly #site: SiteRunner;
  readonly #secrets: PhoneSecrets;
  readonly #credentials: Credentials;
  readonly #advertise: string | undefined;
  readonly #sipServer: () => SipServer;
  readonly #views = new Map<string, PhoneView>();
  readonly #fetches = new Map<string, Fetch[]>();

  constructor(parts: {
    readonly site: SiteRunner;
    readonly secrets: PhoneSecrets;
    readonly credentials: Credentials;
    readonly advertise: string | undefined;
    readonly sipServer: () => SipServer;
    readonly clock: Clock;
  }) {
    this.#site = parts.site;
    this.#secrets = parts.secrets;
    this.#credentials = parts.credentials;
    this.#advertise = parts.advertise;
    this.#sipServer = parts.sipServer;
  }

  /** Call when the site has changed. */
  forget(site: Site): void {
    this.#views.clear();
    const macs = new Set(site.phones.map((phone) => phone.mac));
    for (const mac of this.#fetches.keys()) if (!macs.has(mac)) this.#fetches.delete(mac);
  }

  findBySecret(secret: string, localHost: string): PhoneView | undefined {
    const mac = this.#secrets.macOf(secret);
    return mac === undefined ? undefined : this.view(mac, localHost);
  }

  originFor(origin: string): string {
    return advertisedOrigin(origin, this.#advertise);
  }

  view(mac: string, localHost: string): PhoneView | undefined {
    const host = this.#advertise ?? localHost;
    const key = `${mac} ${host}`;
    const known = this.#views.get(key);
    if (known !== undefined) return known;
    const phone = this.#site.phone(mac);
    if (phone === undefined) return undefined;
    const view = this.#build(phone, host);
    if (this.#views.size >= VIEWS_MAX) this.#views.clear();
    this.#views.set(key, view);
    return view;
  }

  record(fetch: Fetch): void {
    const fetches = this.#fetches.get(fetch.mac) ?? [];
    fetches.unshift(fetch);
    fetches.length = Math.min(fetches.length, FETCHES_MAX);
    this.#fetches.set(fetch.mac, fetches);
  }

  /** Newest first. */
  fetchesOf(mac: string): readonly Fetch[] {
    return this.#fetches.get(mac) ?? [];
  }

  #build(phone: Phone, host: string): PhoneView {
    return {
      mac: phone.mac,
      vendor: phone.vendor,
      model: phone.model,
      label: phone.label,
      registrations: phone.accounts.map((account): RegistrationView => {
        const { port, transport } = this.#sipServer();
        return {
          address: account,
          authUser: this.#site.account(account)?.authUser ?? account,
          password: this.#credentials.of(account)?.secret ?? "",
          label: phone.label,
          server: { host, port, transport, expiresSeconds: EXPIRES_SECONDS },
        };
      }),
      keys: phoneKeys(this.#site.site, phone),
    };
  }
}
