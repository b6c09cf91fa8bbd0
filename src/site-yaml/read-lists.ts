import { isMap, type Node } from "yaml";
import { show } from "#domain/site/shown";
import type { ListEntry, WatchList } from "#domain/site/site";
import { KEYS_LIST_PREFIX } from "#domain/site/watch-lists";
import { readRecord } from "./kinds.ts";
import { LIST_ENTRY_FIELDS, LIST_ENTRIES_MAX } from "./site-fields.ts";
import type { Field, YamlFields } from "./yaml-fields.ts";

/** A list is watched under its name: `sip:NAME@server`. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,78}$/;

/** Reads `lists`: NAME: [extension, { extension, label }, { list: NAME }, …]. */
export function readLists(yaml: YamlFields, field: Field | undefined): readonly WatchList[] {
  return [...yaml.of(field?.value, "lists").values()].flatMap((written) => {
    const { name, key, value } = written;
    if (!NAME.test(name) || name.startsWith(KEYS_LIST_PREFIX)) {
      const form = `write letters, digits, ., _ or -, and not ${KEYS_LIST_PREFIX} first, which is the keys of a phone`;
      yaml.tree.say("YAML-E15", key, `list "${show(name)}" is left out: ${form}`);
      return [];
    }
    const nodes = yaml.list(value);
    if (nodes.length > LIST_ENTRIES_MAX)
      yaml.tree.say("YAML-W02", key, `list ${show(name)} has more than ${LIST_ENTRIES_MAX} entries: the first are used`);
    const members = nodes.slice(0, LIST_ENTRIES_MAX).flatMap((node) => readEntry(yaml, node));
    return [{ name, members, origin: yaml.tree.origin(key) }];
  });
}

function readEntry(yaml: YamlFields, node: Node): ListEntry[] {
  if (!isMap(node)) {
    const extension = yaml.textOf(node, "an extension of a list");
    return extension === undefined ? [] : [{ extension }];
  }
  const { extension, label, list } = readRecord(yaml, node, "an entry of a list", LIST_ENTRY_FIELDS);
  if (list !== undefined && extension === undefined) return [{ list }];
  if (extension !== undefined && list === undefined) return [{ extension, ...(label === undefined ? {} : { label }) }];
  yaml.tree.say("YAML-E15", node, "an entry of a list is an extension or a list: write one of them");
  return [];
}
