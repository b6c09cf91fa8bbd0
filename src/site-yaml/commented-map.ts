import { Document, isCollection, type Pair, YAMLMap } from "yaml";
import type { Origin } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";

/** A comment is cut here. */
const COMMENT_MAX_CHARACTERS = 400;
/** Findings written at one object; all of them stand at the top. */
const COMMENTS_MAX = 10;

/** What is said of the place that an object comes from. */
export type CommentsOf = (origin: Origin) => readonly string[];

/** One `name: value` of a map that is written. */
export interface WrittenEntry {
  readonly name: string;
  readonly value: unknown;
  readonly origin?: Origin;
}

/** A YAML text of maps with comments, made by the library: what a name holds never becomes structure. */
export class CommentedDocument {
  readonly #document = new Document(new YAMLMap());
  readonly #commentsOf: CommentsOf;

  constructor(header: readonly string[], commentsOf: CommentsOf) {
    this.#commentsOf = commentsOf;
    this.#document.commentBefore = commentText(header);
  }

  /** A field at the top; undefined values and empty maps are not written. */
  field(name: string, value: unknown): void {
    if (value !== undefined) this.#add(this.#document.createPair(name, this.#node(value)));
  }

  /** A field with a map of objects, each with what is said of it above. */
  objects(name: string, entries: readonly WrittenEntry[]): void {
    if (entries.length === 0) return;
    const map = new YAMLMap();
    for (const { name: key, value, origin } of entries) {
      const pair = this.#document.createPair(key, this.#node(value));
      const comment = origin === undefined ? [] : [origin, ...this.#commentsOf(origin).slice(0, COMMENTS_MAX)];
      if (comment.length > 0) pair.key.commentBefore = commentText(comment);
      map.items.push(pair);
    }
    this.#add(this.#document.createPair(name, map));
  }

  toString(): string {
    return this.#document.toString({ lineWidth: 0 });
  }

  #add(pair: Pair): void {
    (this.#document.contents as YAMLMap).items.push(pair);
  }

  /** Maps of plain values on one line, others in lines of their own. */
  #node(value: unknown): unknown {
    const node = this.#document.createNode(value, { aliasDuplicateObjects: false });
    if (isCollection(node)) node.flow = isLeaf(value);
    return node;
  }
}

function isLeaf(value: unknown): boolean {
  const parts = value instanceof Map ? [...value.values()] : Object.values(value as Record<string, unknown>);
  return parts.every((part) => typeof part !== "object" || part === null);
}

function commentText(lines: readonly string[]): string {
  return lines.map((line) => ` ${show(line, COMMENT_MAX_CHARACTERS)}`).join("\n");
}
