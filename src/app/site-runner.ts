import { formatDiagnostic, severityOf, type Diagnostic } from "#domain/site/diagnostic";
import { diffSites, type SiteDiff } from "#domain/site/site-diff";
import { EMPTY_SITE, type Phone, type Site, type SiteReading } from "#domain/site/site";
import { HintIndex } from "#domain/site/visible-hint";
import { WatchLists } from "#domain/site/watch-lists";
import type { Log } from "#base/log";
import type { WatcherManner } from "#sip/subscription/ports";
import { StartRefused } from "./config.ts";
import { logFindings } from "./log-findings.ts";
import { readApart, ReadingFailed } from "./site-reading/read-apart.ts";
import { readSite, type SiteOnDisk } from "./site-reading/read-site.ts";

/**
 * Takes part in every reading: does what can fail, and gives the step that takes the site over. A rejection leaves everybody as he was.
 */
export type SiteListener = (site: Site) => Promise<() => void>;

export type Reload =
  | { readonly type: "done"; readonly diff: SiteDiff; readonly diagnostics: readonly Diagnostic[] }
  | { readonly type: "refused"; readonly reason: string; readonly diagnostics: readonly Diagnostic[] };

/** The site that runs: read at start, read again on demand, swapped whole (R8, design §9.20, §9.21). */
export class SiteRunner {
  readonly #path: string;
  readonly #allowInclude: readonly string[];
  readonly #log: Log;
  readonly #read: typeof readSite;
  readonly #listeners: SiteListener[] = [];
  #site: Site = EMPTY_SITE;
  #hints = new HintIndex(EMPTY_SITE);
  #lists = new WatchLists(EMPTY_SITE);
  #accounts = new Map<string, Site["accounts"][number]>();
  #phones = new Map<string, Phone>();
  /** Account → how a phone that has it is told things. */
  #profiles = new Map<string, string>();
  #errors = new Set<string>();
  #folders: readonly string[] = [];
  #reloading: Promise<unknown> = Promise.resolve();
  /** The reading that follows the one under way. */
  #next: Promise<Reload> | undefined;

  /** `read`: the first reading. */
  constructor(path: string, log: Log, allowInclude: readonly string[] = [], read = readSite) {
    this.#path = path;
    this.#allowInclude = allowInclude;
    this.#log = log;
    this.#read = read;
  }

  /** Where the site lies, and the folders its files may include from besides. */
  get source(): { readonly path: string; readonly allowInclude: readonly string[] } {
    return { path: this.#path, allowInclude: this.#allowInclude };
  }

  get site(): Site {
    return this.#site;
  }

  /** Where a change may change the site, as of the last reading, taken over or not. */
  get folders(): readonly string[] {
    return this.#folders;
  }

  get hints(): HintIndex {
    return this.#hints;
  }

  get lists(): WatchLists {
    return this.#lists;
  }

  account(name: string): Site["accounts"][number] | undefined {
    return this.#accounts.get(name);
  }

  phone(mac: string): Phone | undefined {
    return this.#phones.get(mac);
  }

  /** How phones of an account are told things. */
  mannerOf(account: string): WatcherManner {
    return { profile: this.profileOf(account), seesCallers: this.#accounts.get(account)?.seesCallers ?? true };
  }

  /** Profile that the site gives to phones of an account; undefined = they go by User-Agent. */
  profileOf(account: string): string | undefined {
    return this.#accounts.get(account)?.profile ?? this.#profiles.get(account);
  }

  listen(listener: SiteListener): void {
    this.#listeners.push(listener);
  }

  /** First reading. Bad objects are dropped and named; an unusable site refuses the start. */
  async start(): Promise<readonly Diagnostic[]> {
    // Nobody is served yet: no thread is needed.
    const { site, diagnostics, unusable } = this.#note(await this.#read(this.#path, { allowInclude: this.#allowInclude }));
    if (unusable !== undefined)
      throw new StartRefused(`the site cannot be served: ${unusable}\n${diagnostics.map(formatDiagnostic).join("\n")}`.trimEnd());
    await this.#take(site, diagnostics);
    return diagnostics;
  }

  /** Reads again; one at a time. Refused as a whole when a file is rejected or when there is an error that was not there before. */
  async reload(): Promise<Reload> {
    // A reading under way may be past what was written since: whoever asks meanwhile gets the next one.
    this.#next ??= this.#reloading.then(() => {
      this.#next = undefined;
      const reload = this.#reload();
      // Only to wait for: whoever asked hears of a failure.
      this.#reloading = reload.catch(() => undefined);
      return reload;
    });
    return this.#next;
  }

  async #reload(): Promise<Reload> {
    const { site, diagnostics, unusable } = this.#note(await this.#readApart());
    const fresh = errorsOf(diagnostics).filter((error) => !this.#errors.has(error));
    if (unusable !== undefined || fresh.length > 0) {
      const reason = unusable ?? `${fresh.length} new error${fresh.length === 1 ? "" : "s"}: ${fresh[0] ?? ""}`;
      this.#log.warn("the site was not taken over, what runs goes on", { reason });
      return { type: "refused", reason, diagnostics };
    }
    const diff = diffSites(this.#site, site);
    await this.#take(site, diagnostics);
    return { type: "done", diff, diagnostics };
  }

  async #readApart(): Promise<SiteOnDisk> {
    try {
      return await readApart({ type: "read", path: this.#path, allowInclude: this.#allowInclude });
    } catch (error) {
      if (!(error instanceof ReadingFailed)) throw error;
      return { site: EMPTY_SITE, diagnostics: [], unusable: error.message, folders: [] };
    }
  }

  #note(reading: SiteOnDisk): SiteReading {
    if (reading.folders.length > 0) this.#folders = reading.folders;
    return reading;
  }

  async #take(site: Site, diagnostics: readonly Diagnostic[]): Promise<void> {
    const steps = await Promise.all(this.#listeners.map((listener) => listener(site)));
    this.#site = site;
    this.#hints = new HintIndex(site);
    this.#lists = new WatchLists(site);
    this.#accounts = new Map(site.accounts.map((account) => [account.name, account]));
    this.#phones = new Map(site.phones.map((phone) => [phone.mac, phone]));
    this.#profiles = new Map(
      site.phones.flatMap(({ accounts, profile }) =>
        profile === undefined ? [] : accounts.map((account) => [account, profile] as const),
      ),
    );
    this.#errors = new Set(errorsOf(diagnostics));
    logFindings(diagnostics, this.#log);
    for (const takeOver of steps) takeOver();
  }
}

/** Without line and column: an error does not become new because lines were added above it. */
function errorsOf(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics
    .filter((diagnostic) => severityOf(diagnostic) === "E")
    .map(({ file, code, message }) => `${file} ${code} ${message}`);
}
