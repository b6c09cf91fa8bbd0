import { isMap, isScalar, isSeq, type Node } from "yaml";
import { didYouMean } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import type { YamlTree } from "./yaml-tree.ts";

/** A value that is shown, dialled or sent: one line of this length at most. */
const TEXT_MAX_CHARACTERS = 255;

/** One `key: value` of a map. */
export interface Field {
  readonly name: string;
  readonly key: Node;
  /** undefined: nothing is written, `~` and `null` included. */
  readonly value: Node | undefined;
}

/** Reads the nodes of a tree as what a site needs; what does not fit is named, with what to write instead. */
export class YamlFields {
  readonly tree: YamlTree;

  constructor(tree: YamlTree) {
    this.tree = tree;
  }

  /** The fields of a map by name; `place` tells what should have been a map. Of two with one name the first is used (YAML-E06). */
  of(node: Node | undefined, place: string): ReadonlyMap<string, Field> {
    const fields = new Map<string, Field>();
    if (node === undefined) return fields;
    if (!isMap(node)) {
      this.tree.say("YAML-E02", node, `${place} is written as "name: value" lines`);
      return fields;
    }
    for (const pair of node.items) {
      const name = this.#word(pair.key);
      const key = pair.key as Node;
      if (name === undefined) this.tree.say("YAML-E02", key, `a name in ${place} is one plain word`);
      else if (fields.has(name))
        this.tree.say("YAML-E06", key, `${show(name)} stands twice in ${place}: the first is used, remove one`);
      else fields.set(name, { name, key, value: this.tree.something(pair.value) });
    }
    return fields;
  }

  /** The same, for a map with a fixed set of names; others are named (YAML-E05) and left out. */
  known(node: Node | undefined, names: readonly string[], place: string): ReadonlyMap<string, Field> {
    const fields = this.of(node, place);
    for (const { name, key } of fields.values()) {
      if (names.includes(name)) continue;
      const message = `${show(name)} is not a field of ${place}${didYouMean(name, names)}: known are ${names.join(", ")}`;
      this.tree.say("YAML-E05", key, message);
    }
    return fields;
  }

  /** The nodes of a list; one value counts as a list of one. */
  list(node: Node | undefined): readonly Node[] {
    if (node === undefined) return [];
    if (isSeq(node)) return node.items.flatMap((item) => this.tree.follow(item) ?? []);
    return [node];
  }

  /** One line of text; undefined when there is none, or it does not fit (YAML-E02). */
  text(field: Field | undefined): string | undefined {
    return field?.value === undefined ? undefined : this.textOf(field.value, show(field.name));
  }

  /** The text of a node that `place` names. */
  textOf(node: Node, place: string, { max = TEXT_MAX_CHARACTERS, mayBeEmpty = false } = {}): string | undefined {
    const text = this.#word(node);
    if (text !== undefined && (mayBeEmpty || text !== "") && text.length <= max && !/\p{Cc}/u.test(text)) return text;
    this.tree.say("YAML-E02", node, `${place} is one line of ${mayBeEmpty ? "at most" : "1 to"} ${max} characters`);
    return undefined;
  }

  #word(node: unknown): string | undefined {
    const scalar = this.tree.follow(node);
    return isScalar(scalar) && typeof scalar.value === "string" ? scalar.value : undefined;
  }
}
