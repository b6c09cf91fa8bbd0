import type { Change } from "../store.ts";

/** A change as it is published: the shard's sequence with it. */
export interface ChangeMessage {
  readonly sequence: number;
  readonly change: Change;
}

const SHAPE = /^(?<sequence>\d+):(?<version>\d+):(?<kind>[=-])(?<length>\d+):/;

/** The part of a message that the committer prepares; the script puts sequence and version before it, the value after it. */
export function idFrame(id: string, isDeletion: boolean): string {
  return `${isDeletion ? "-" : "="}${id.length}:${id}`;
}

/** Reads a message; undefined when it is none of ours. */
export function parseChangeMessage(text: string): ChangeMessage | undefined {
  const head = SHAPE.exec(text);
  if (head?.groups === undefined) return undefined;
  const idEnd = head[0].length + Number(head.groups["length"]);
  if (idEnd > text.length) return undefined;
  const id = text.slice(head[0].length, idEnd);
  const value = head.groups["kind"] === "-" ? undefined : text.slice(idEnd);
  return { sequence: Number(head.groups["sequence"]), change: { id, version: Number(head.groups["version"]), value } };
}
