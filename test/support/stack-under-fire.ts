import { SipStack } from "#app/sip-stack";
import { publicationPackages } from "#app/publication-packages";
import { ok } from "#base/result";
import type { Log } from "#base/log";
import { quietLog } from "#base/log";
import type { Binding } from "#sip/registrar/binding";
import type { CallTaker } from "#sip/session/session";
import type { Publication } from "#sip/publication/publication";
import { FakeClock } from "./fake-clock.ts";
import { MemorySubscriptions } from "./memory-subscriptions.ts";
import { NO_HOLDINGS } from "./no-holdings.ts";
import { lampOf } from "./notifier-bench.ts";
import { SeededRandom } from "./seeded-random.ts";

export const TRUSTED_HOST = "192.0.2.1";
export const STRANGE_HOST = "192.0.2.253";

/** Everything that speaks SIP, wired as in the server, without a socket: every user is an account, every extension has a lamp. */
export class StackUnderFire {
  readonly clock = new FakeClock();
  readonly bindings = new Map<string, readonly Binding[]>();
  readonly publications = new Map<string, readonly Publication[]>();
  /** What was logged as our own mistake. */
  readonly errors: unknown[] = [];
  readonly stack: SipStack;

  /** With `calls` it takes them. */
  constructor(calls?: CallTaker) {
    const log: Log = { ...quietLog, error: (message, fields) => this.errors.push(`${message} ${JSON.stringify(fields)}`) };
    this.stack = new SipStack({
      clock: this.clock,
      random: new SeededRandom(),
      log,
      node: "n1",
      advertise: "192.0.2.100",
      tls: undefined,
      nonceKey: "key",
      realm: () => "fire",
      credential: (account) => ({ account, secret: "s3cret" }),
      refusal: () => undefined,
      limits: () => ({}),
      isAccount: () => true,
      trusted: ({ remoteHost }) => remoteHost === TRUSTED_HOST,
      isOurHost: (host) => host === "pbx.example",
      bindings: {
        read: (aor) => Promise.resolve(this.bindings.get(aor) ?? []),
        change: (aor, reduce) => {
          this.bindings.set(aor, reduce(this.bindings.get(aor) ?? []));
          return Promise.resolve();
        },
      },
      subscriptions: new MemorySubscriptions(),
      maySpeak: () => true,
      directory: {
        isOurHost: (host) => host === "pbx.example",
        find: (_packageName, user) => (user === "" ? undefined : "1001"),
        mayWatch: () => true,
        isList: () => false,
        mannerOf: () => ({ profile: undefined, seesCallers: true }),
        command: () => Promise.resolve(undefined),
        ...NO_HOLDINGS,
        state: lampOf,
      },
      onBound: nothing,
      observer: { notifySent: nothing, notifyDelay: nothing, notifyAnswered: nothing, published: nothing },
      publications: {
        read: (resource) => Promise.resolve(this.publications.get(resource) ?? []),
        change: (resource, reduce) => {
          this.publications.set(resource, reduce(this.publications.get(resource) ?? []));
          return Promise.resolve();
        },
        keep: () => Promise.resolve(true),
        count: () => 0,
        countOf: () => 0,
      },
      publicationDirectory: { isOurHost: (host) => host === "pbx.example", find: () => ok("1001") },
      publicationPackages: publicationPackages(() => undefined),
      ...(calls === undefined ? {} : { calls }),
    });
  }
}

function nothing(): void {
  // Figures are not looked at here.
}
