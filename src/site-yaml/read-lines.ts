import { isMap, isScalar, type Node } from "yaml";
import { show } from "#domain/site/shown";
import type { Trunk } from "#domain/site/site";
import { readRecord } from "./kinds.ts";
import { LINE_FIELDS } from "./site-fields.ts";
import type { Field, YamlFields } from "./yaml-fields.ts";

/** A line of a site.yaml: its trunk, and what its keys show. */
export interface Line {
  /** Its place among the lines, from 1: the 2 of the station L2-0000FFFF0005. */
  readonly number: number;
  readonly trunk: Trunk;
  readonly label: string | undefined;
}

/** Longer names make keys that are too long to dial (sla.md §2.8). */
const NAME_MAX_CHARACTERS = 50;
/** What a phone cannot dial, or what parts a name in Asterisk's files. */
const NAME = /^[^\s\p{C}"<>@;:&,/?#%\\]+$/u;

/** `lines`: names, or name: {device, …}; a name in any case counts once. */
export function readLines(yaml: YamlFields, field: Field | undefined): readonly Line[] {
  const taken = new Set<string>();
  const lines: Line[] = [];
  for (const { name, at, body } of written(yaml, field)) {
    const mistake = mistakeOf(name, taken);
    if (mistake !== undefined) {
      yaml.tree.say("YAML-E04", at, mistake);
      continue;
    }
    taken.add(name.toLowerCase());
    lines.push(readLine(yaml, { name, at, body, number: lines.length + 1 }));
  }
  return lines;
}

interface Written {
  readonly name: string;
  readonly at: Node;
  readonly body: Node | undefined;
}

function written(yaml: YamlFields, field: Field | undefined): readonly Written[] {
  const node = field?.value;
  if (isMap(node)) return [...yaml.of(node, "lines").values()].map(({ name, key, value }) => ({ name, at: key, body: value }));
  return yaml.list(node).flatMap((at) => {
    if (!isScalar(at)) {
      const form = `lines is a list of names ("- T1"), or a map: write "T1: { device: … }" without the dash`;
      yaml.tree.say("YAML-E02", at, form);
      return [];
    }
    const name = yaml.textOf(at, "a line");
    return name === undefined ? [] : [{ name, at, body: undefined }];
  });
}

function mistakeOf(name: string, taken: ReadonlySet<string>): string | undefined {
  if (name.length > NAME_MAX_CHARACTERS || !NAME.test(name))
    return `line "${show(name)}" is left out: write 1 to ${NAME_MAX_CHARACTERS} letters, digits, - _ or .`;
  return taken.has(name.toLowerCase()) ? `line ${show(name)} stands twice: the first is used, remove one` : undefined;
}

function readLine(yaml: YamlFields, { name, at, body, number }: Written & { readonly number: number }): Line {
  const { label, ...fields } = readRecord(yaml, body, "a line", LINE_FIELDS);
  const trunk: Trunk = {
    name,
    device: `Custom/${name}`,
    ringtimeout: 0,
    barge: true,
    hold: "open",
    ...fields,
    origin: yaml.tree.origin(at),
  };
  return { number, trunk, label };
}
