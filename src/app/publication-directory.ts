import { fail, ok, type Result } from "#base/result";
import { publishedDevice, publishedName } from "#domain/lamp/published-device";
import type { Hint } from "#domain/site/site";
import { devicesOfAccount } from "#sources/registrar/registrar-source";
import type { PublicationDirectory } from "#sip/publication/ports";
import type { Publisher } from "#sip/publication/publication";
import type { Answer } from "#sip/transaction/user";
import { isExchange } from "./publication-packages.ts";
import type { SiteRunner } from "./site-runner.ts";

/** Longer extensions are nobody's; the name goes into keys of the store. */
const EXTENSION = /^[^\p{Cc}]{1,256}$/u;
const ACCOUNT_PREFIX = "Account:";

/** Key of a resource in the store and towards the compositor. */
export interface PublicationKey {
  readonly packageName: string;
  /** Device name, account or publisher. */
  readonly about: string;
}

/** The package's name cannot hold the divider. */
export function publicationKey({ packageName, about }: PublicationKey): string {
  return `${packageName}\n${about}`;
}

/** Both halves of a key. */
export function readPublicationKey(key: string): PublicationKey {
  const divider = key.indexOf("\n");
  return { packageName: key.slice(0, divider), about: key.slice(divider + 1) };
}

/** Devices that what is published of a resource is said of. */
export function publishedTargets({ about }: PublicationKey): readonly string[] {
  return about.startsWith(ACCOUNT_PREFIX) ? devicesOfAccount(about.slice(ACCOUNT_PREFIX.length)) : [about];
}

/**
 * Who may publish what (design §9.14, §9.15): a trusted source, hints of that name in every context, or an account; an account, itself and
 * the hints of its context that show its device.
 */
export function publicationDirectory(site: SiteRunner, isOurHost: (host: string) => boolean): PublicationDirectory {
  const about = (user: string, publisher: Publisher): string | undefined =>
    publisher.type === "trusted" ? anybody(site, user) : own(site, user, publisher.name);
  return {
    isOurHost,
    find(packageName, user, publisher): Result<string, Answer> {
      if (isExchange(packageName)) return ok(publicationKey({ packageName, about: `${publisher.type} ${publisher.name}` }));
      const found = EXTENSION.test(user) ? about(user, publisher) : undefined;
      if (found !== undefined) return ok(publicationKey({ packageName, about: found }));
      // Whether the other one exists is not said to an account.
      return fail({ status: publisher.type === "trusted" ? 404 : 403 });
    },
  };
}

/**
 * Does what was published still count, as the site is now? A reload may take away the account, or the hint from it. What accounts say in an
 * exchange is of their own devices, and goes with the account.
 */
export function publicationStands(site: SiteRunner): (publisher: Publisher, key: PublicationKey) => boolean {
  return (publisher, { packageName, about }) => {
    if (publisher.type === "trusted") return true;
    if (isExchange(packageName)) return site.account(publisher.name) !== undefined;
    const user = publishedName(about)?.one?.extension ?? publisher.name;
    return own(site, user, publisher.name) === about;
  };
}

function anybody(site: SiteRunner, user: string): string | undefined {
  if (site.hints.everywhere(user).length > 0) return publishedDevice(user);
  return site.account(user) === undefined ? undefined : `${ACCOUNT_PREFIX}${user}`;
}

function own(site: SiteRunner, user: string, name: string): string | undefined {
  const context = site.account(name)?.subscribeContext;
  const hint = context === undefined ? undefined : site.hints.find(context, user);
  if (hint !== undefined && isOwn(hint, name)) return publishedDevice(hint.extension, hint.context);
  return user === name && context !== undefined ? `${ACCOUNT_PREFIX}${name}` : undefined;
}

function isOwn({ devices }: Hint, account: string): boolean {
  return devicesOfAccount(account).some((device) => devices.includes(device));
}
