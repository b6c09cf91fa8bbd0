import type { ListedExtension } from "#domain/site/watch-lists";
import { fromWire } from "#sip/message/wire-text";
import { REJECTED, type ListLayout, type ListState } from "#sip/subscription/list";
import type { Sender } from "#sip/subscription/ports";
import type { SiteRunner } from "../site-runner.ts";
import type { ResourceKind } from "./resource-kind.ts";

export interface ListResourcesParts {
  readonly site: SiteRunner;
  /** What the members are. */
  readonly members: ResourceKind;
  /** Is anybody told this list? What nobody watches is not kept. */
  readonly isWatched: (id: string) => boolean;
}

const NO_LISTS: readonly string[] = [];

/** A list as one account sees it. */
interface SeenList {
  layout: ListLayout;
  /** Resource of each member; undefined: this account may not see it. */
  resources: readonly (string | undefined)[];
  state: ListState | undefined;
}

/**
 * Lists of resources (RFC 4662): those of site.yaml, and `keys-<mac>` with the keys of each phone, which only its own accounts may watch. A list
 * is seen through the rights of the account that asks, so it is one resource an account.
 */
export class ListResources implements ResourceKind {
  readonly #parts: ListResourcesParts;
  readonly #seen = new Map<string, SeenList>();
  /** Member resource → ids of the lists that it is in. */
  readonly #listsOf = new Map<string, Set<string>>();

  constructor(parts: ListResourcesParts) {
    this.#parts = parts;
  }

  find(user: string, sender: Sender): string | undefined {
    const id = `${fromWire(user)}\n${sender.type === "account" ? sender.name : ""}`;
    return this.mayWatch(id, sender) ? id : undefined;
  }

  /** Of a list in which it may see nothing, nobody learns that it is there. */
  mayWatch(id: string, sender: Sender): boolean {
    const { name, account } = partsOf(id);
    if (account !== (sender.type === "account" ? sender.name : "")) return false;
    const phone = this.#parts.site.lists.phoneOf(name);
    if (phone !== undefined && sender.type === "account" && !phone.accounts.includes(sender.name)) return false;
    const members = this.#parts.site.lists.members(name) ?? [];
    return members.some(({ extension }) => this.#parts.members.find(userOf(extension), sender) !== undefined);
  }

  state(id: string): ListState | undefined {
    const seen = this.#seen.get(id) ?? this.#look(id);
    if (seen === undefined) return undefined;
    if (seen.state !== undefined) return seen.state;
    const states = seen.resources.map((resource) =>
      resource === undefined ? REJECTED : (this.#parts.members.state(resource) ?? REJECTED),
    );
    seen.state = { layout: seen.layout, states };
    return seen.state;
  }

  /** A member shows something else: the lists that have to be told. */
  changed(member: string): readonly string[] {
    const lists = this.#listsOf.get(member);
    if (lists === undefined) return NO_LISTS;
    const ids = [...lists];
    for (const id of ids) {
      const seen = this.#seen.get(id);
      if (seen !== undefined) seen.state = undefined;
      if (!this.#parts.isWatched(id)) this.#forget(id);
    }
    return ids;
  }

  /** Is this a member of a list that somebody watches? */
  holds(member: string): boolean {
    return this.#listsOf.has(member);
  }

  /** The site is another one: lists are looked at anew when they are told. Gives all that somebody saw. */
  review(): readonly string[] {
    const ids = [...this.#seen.keys()];
    for (const id of ids) {
      const before = this.#seen.get(id);
      this.#forget(id);
      const after = this.#parts.isWatched(id) ? this.#look(id) : undefined;
      // Equal lists are the same list: nobody is told all of it again because the site was read.
      if (before !== undefined && after !== undefined && isSameLayout(before, after)) after.layout = before.layout;
    }
    return ids;
  }

  #look(id: string): SeenList | undefined {
    const { name, account } = partsOf(id);
    const sender: Sender = account === "" ? { type: "trusted" } : { type: "account", name: account };
    const members = this.#parts.site.lists.members(name);
    if (members === undefined) return undefined;
    const resources = members.map(({ extension }) => this.#parts.members.find(userOf(extension), sender));
    const seen: SeenList = { layout: { members: members.map(memberOf) }, resources, state: undefined };
    this.#seen.set(id, seen);
    for (const resource of resources) {
      if (resource === undefined) continue;
      const lists = this.#listsOf.get(resource);
      if (lists === undefined) this.#listsOf.set(resource, new Set([id]));
      else lists.add(id);
    }
    return seen;
  }

  #forget(id: string): void {
    for (const resource of this.#seen.get(id)?.resources ?? []) {
      if (resource === undefined) continue;
      const lists = this.#listsOf.get(resource);
      lists?.delete(id);
      if (lists?.size === 0) this.#listsOf.delete(resource);
    }
    this.#seen.delete(id);
  }
}

function partsOf(id: string): { readonly name: string; readonly account: string } {
  const at = id.indexOf("\n");
  return { name: id.slice(0, at), account: id.slice(at + 1) };
}

/** As it stands in a URI that is percent-decoded: a binary string of UTF-8. */
function userOf(extension: string): string {
  return Buffer.from(extension, "utf8").toString("latin1");
}

/** What a user part may not hold as it is, is escaped (RFC 3261 §25.1). */
function memberOf({ extension, label }: ListedExtension): ListLayout["members"][number] {
  const user = encodeURIComponent(extension).replace(/%(2B|2C|24|26|3D|3F|2F|3B)/gi, (escaped) => decodeURIComponent(escaped));
  return label === undefined ? { user } : { user, name: label };
}

function isSameLayout(before: SeenList, after: SeenList): boolean {
  const text = ({ layout }: SeenList): string => JSON.stringify(layout.members);
  return text(before) === text(after);
}
