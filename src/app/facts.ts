import type { Clock } from "#base/clock";
import { Lifecycle, type Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import type { Notifier } from "#sip/subscription/notifier";
import type { Store } from "#store/store";
import { BindingRunner } from "./binding-runner.ts";
import { COLLECTIONS } from "./collections.ts";
import { FeatureRunner } from "./feature-runner.ts";
import { LampRunner } from "./lamp-runner.ts";
import { LineRunner } from "./line-runner.ts";
import { MailboxRunner } from "./mailbox-runner.ts";
import { publicationStands } from "./publication-directory.ts";
import { PublicationRunner } from "./publication-runner.ts";
import { RegistrationBoard } from "./registration-board.ts";
import { lampResources, resourceOf } from "./resources/lamp-resources.ts";
import { seizedId } from "./resources/line-resources.ts";
import { ListResources } from "./resources/list-resources.ts";
import { resourceKey } from "./resources/resource-directory.ts";
import type { SiteRunner } from "./site-runner.ts";
import type { TimerHandler } from "./timer-runner.ts";

/** What is known of the office at this moment: kept in the store, or made of what is. */
export interface Facts {
  readonly lamps: LampRunner;
  readonly lists: ListResources;
  readonly bindings: BindingRunner;
  readonly registrations: RegistrationBoard;
  readonly publications: PublicationRunner;
  readonly mailboxes: MailboxRunner;
  readonly features: FeatureRunner;
  readonly lines: LineRunner;
}

export interface FactsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly site: SiteRunner;
  /** Asked when something happens: it is made after the facts that it tells. */
  readonly notifier: () => Notifier;
  /** A set of mailboxes shows other counts. */
  readonly messagesChanged: (set: string) => void;
}

/** Kind of the lists of lamps among the notifier's resources. */
export const LAMP_LISTS = "lists";

/** Key of a list among the notifier's resources. */
export function listKey(id: string): string {
  return resourceKey(LAMP_LISTS, id);
}

/** Makes the facts, each telling the notifier what of it changed. */
export function makeFacts({ store, clock, log, site, notifier, messagesChanged }: FactsParts): Facts {
  const isWatched = (resource: string): boolean => notifier().subscriptions.watchersOf(resource) !== undefined;
  const lamps: LampRunner = new LampRunner({
    ...{ store, clock, log },
    isWatched: (lamp) => {
      const resource = resourceOf(lamp);
      return isWatched(resource) || lists.holds(resource);
    },
  });
  const lists: ListResources = new ListResources({
    site,
    members: lampResources(site, lamps),
    isWatched: (id) => isWatched(listKey(id)),
  });
  const bindings = new BindingRunner({ store, clock, log });
  const publications: PublicationRunner = new PublicationRunner({
    ...{ store, clock, log, lamps },
    messagesChanged: (mailbox) => {
      mailboxes.changed(mailbox);
    },
    stands: publicationStands(site),
    devicesMax: () => site.site.settings.limits.publishedDevices,
  });
  const mailboxes = new MailboxRunner({
    ...{ store, log, published: publications },
    changed: (set) => {
      notifier().changed(resourceKey("mailbox", set));
      messagesChanged(set);
    },
  });
  const features = new FeatureRunner({
    ...{ store, clock, log },
    changed: (account) => {
      notifier().changed(resourceKey("feature", account));
    },
  });
  const lines = new LineRunner({
    ...{ store, clock, log, site, lamps },
    isRegistered: ({ account, device }) =>
      bindings.live(account).some(({ instance, flow }) => device === instance || device === flow.key),
    isWatched: (line) => isWatched(resourceKey("line", line)),
    changed: (line) => {
      notifier().changed(resourceKey("line", line));
    },
    freed: (line, subscription) => {
      notifier().removed(resourceKey("seize", seizedId(line, subscription)));
    },
  });
  return {
    lamps,
    lists,
    bindings,
    registrations: new RegistrationBoard(bindings, clock),
    publications,
    mailboxes,
    features,
    lines,
  };
}

/** Who settles what is due, by collection. */
export function timerHandlers({ lamps, bindings, publications, lines }: Facts): ReadonlyMap<string, TimerHandler> {
  return new Map([
    [COLLECTIONS.device, lamps.expire],
    [COLLECTIONS.binding, bindings.expire],
    [COLLECTIONS.publication, publications.expire],
    [COLLECTIONS.published, publications.forgetEnded],
    [COLLECTIONS.line, lines.expire],
  ]);
}

/** Starts following the store, all but the bindings, which tell of accounts that the site has to know first. */
export async function followFacts({ lamps, publications, mailboxes, features, lines }: Facts): Promise<Stop> {
  const lifecycle = new Lifecycle();
  for (const runner of [lamps, publications, mailboxes, features, lines]) lifecycle.add(await runner.start());
  return () => lifecycle.stop();
}
