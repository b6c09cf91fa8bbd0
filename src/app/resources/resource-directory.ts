import type { ResourceDirectory } from "#sip/subscription/ports";
import type { ResourceKind } from "./resource-kind.ts";

/** A kind and the event packages whose resources are of it. */
export interface KindOfPackages {
  /** Part of the keys in the store; the empty name is that of lamps, whose keys start with an extension. */
  readonly name: string;
  readonly packages: readonly string[];
  readonly kind: ResourceKind;
  /** Lists of other resources (RFC 4662). */
  readonly isList?: true;
}

/** Key of a resource of a kind among the notifier's resources: a line break no extension starts with, the kind, its own id. */
export function resourceKey(kindName: string, id: string): string {
  return kindName === "" ? id : `\n${kindName}\n${id}`;
}

/** One directory of everything that can be watched. */
export function resourceDirectory(
  kinds: readonly KindOfPackages[],
  { isOurHost, mannerOf }: Pick<ResourceDirectory, "isOurHost" | "mannerOf">,
): ResourceDirectory {
  const byPackage = new Map<string, KindOfPackages[]>();
  for (const kind of kinds) for (const name of kind.packages) byPackage.set(name, [...(byPackage.get(name) ?? []), kind]);
  const byName = new Map(kinds.map((one) => [one.name, one]));
  return {
    isOurHost,
    mannerOf,
    find(packageName, user, sender) {
      // A single resource before a list of that name (L-1).
      for (const { name, kind } of byPackage.get(packageName) ?? []) {
        const id = kind.find(user, sender);
        if (id !== undefined) return resourceKey(name, id);
      }
      return undefined;
    },
    isList: (resource) => byName.get(split(resource).kindName)?.isList === true,
    mayWatch(resource, sender) {
      const { kindName, id } = split(resource);
      return byName.get(kindName)?.kind.mayWatch(id, sender) ?? false;
    },
    async command(resource, body) {
      const { kindName, id } = split(resource);
      return byName.get(kindName)?.kind.command?.(id, body);
    },
    appeared(record) {
      const { kindName, id } = split(record.resource);
      byName.get(kindName)?.kind.appeared?.(id, record);
    },
    async hold(record, wish) {
      const { kindName, id } = split(record.resource);
      return byName.get(kindName)?.kind.parts?.hold(id, record, wish);
    },
    async keep(record) {
      const { kindName, id } = split(record.resource);
      return (await byName.get(kindName)?.kind.parts?.keep(id, record)) ?? false;
    },
    release(record) {
      const { kindName, id } = split(record.resource);
      byName.get(kindName)?.kind.parts?.release(id, record);
    },
    state(resource) {
      const { kindName, id } = split(resource);
      return byName.get(kindName)?.kind.state(id);
    },
  };
}

/** A resource for people: "100@desks", "mailbox 100@default", "line trunk/T1". */
export function resourceName(resource: string): string {
  const { kindName, id } = split(resource);
  return kindName === "" ? id.replace("\n", "@") : `${kindName} ${id.replace("\n", " ")}`;
}

function split(resource: string): { readonly kindName: string; readonly id: string } {
  if (!resource.startsWith("\n")) return { kindName: "", id: resource };
  const end = resource.indexOf("\n", 1);
  return { kindName: resource.slice(1, end), id: resource.slice(end + 1) };
}
