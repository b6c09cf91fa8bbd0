import type { Account } from "#domain/site/account";
import { Suggestions } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import { sayUnused, type WantedRegistration } from "./read-register.ts";
import type { Say } from "../options/read-values.ts";

/** Registrations of one file: each is kept up for ever. */
const REGISTRATIONS_MAX = 1000;
/** Accounts at one host that are looked at for each registration there. */
const PEERS_MAX = 100;
const NAME_MAX_CHARACTERS = 79;

/** Where accounts made for registrations alone live. */
export interface NewAccounts {
  readonly context: string;
  readonly subscribeContext: string;
}

/**
 * Gives each registration to its account: the one it names, else the first at that host which has none. Where there is none, the provider
 * becomes an account, so that his calls have somebody to come from.
 */
export function attachRegistrations(
  accounts: readonly Account[],
  wanted: readonly WantedRegistration[],
  defaults: NewAccounts,
  say: Say,
): readonly Account[] {
  const known = new Map(accounts.map((account) => [account.name, account]));
  const byHost = groupedByHost(accounts);
  const suggestions = new Suggestions(known.keys());
  for (const one of wanted.slice(REGISTRATIONS_MAX)) sayUnused(one, `there are more than ${REGISTRATIONS_MAX}`, say);
  for (const one of wanted.slice(0, REGISTRATIONS_MAX)) {
    const account = accountFor(one, known, byHost) ?? (one.peer === undefined ? newAccount(one, known, defaults) : undefined);
    if (account === undefined) {
      const peer = one.peer ?? "";
      sayUnused(one, `there is no [${show(peer)}]${suggestions.for(peer)}, name an account of this file`, say);
    } else if (account.registration !== undefined) sayUnused(one, `[${show(account.name)}] has one already`, say);
    else known.set(account.name, { ...account, registration: one.registration });
  }
  return [...known.values()];
}

type Accounts = ReadonlyMap<string, Account>;

function accountFor(
  { peer, registrar }: WantedRegistration,
  known: Accounts,
  byHost: ReadonlyMap<string, readonly Account[]>,
): Account | undefined {
  if (peer !== undefined) return known.get(peer);
  const here = byHost.get(registrar.host.toLowerCase()) ?? [];
  const fitting = here.find(({ name, port }) => isFree(known.get(name)) && isSamePort(port, registrar.port));
  return fitting === undefined ? undefined : known.get(fitting.name);
}

function newAccount({ registration, registrar }: WantedRegistration, known: Accounts, defaults: NewAccounts): Account {
  const user = registration.username.replace(/[@:;"<>/\s]+/g, "-");
  const name = `${user}-${registrar.host.replaceAll(":", ".")}`.slice(0, NAME_MAX_CHARACTERS);
  return known.get(name) ?? { name, ...defaults, type: "peer", ...registrar, origin: registration.origin };
}

function groupedByHost(accounts: readonly Account[]): ReadonlyMap<string, readonly Account[]> {
  const groups = new Map<string, Account[]>();
  for (const account of accounts) {
    if (account.host === undefined) continue;
    const host = account.host.toLowerCase();
    const group = groups.get(host);
    if (group === undefined) groups.set(host, [account]);
    else if (group.length < PEERS_MAX) group.push(account);
  }
  return groups;
}

function isFree(account: Account | undefined): boolean {
  return account !== undefined && account.registration === undefined;
}

function isSamePort(one: number | undefined, other: number | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}
