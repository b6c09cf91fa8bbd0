import assert from "node:assert/strict";
import type { Commit } from "./store.ts";

/** Characters of an id; the longest address of a phone (256 bytes) with room for a prefix. */
export const ID_MAX_CHARS = 1024;
/** Characters of a value; far above any record, so that one of them never blocks the medium for long. */
export const VALUE_MAX_CHARS = 4 * 1024 * 1024;
/** Timers and outbox entries of one commit: they are one batch and one script call. */
export const CHANGES_MAX = 1000;

const COLLECTION = /^[a-z][a-z0-9-]{0,63}$/;
/** Half a character: it has no bytes of its own, so that two such ids would be one. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Names come from us, not from a peer: a wrong one is our mistake. Ids may hold any well-formed text. */
export function checkName(collection: string, id: string): void {
  assert.match(collection, COLLECTION);
  assert.ok(id.length >= 1 && id.length <= ID_MAX_CHARS, `an id has 1 to ${ID_MAX_CHARS} characters, not ${id.length}`);
  assert.doesNotMatch(id, LONE_SURROGATE, "an id is well-formed Unicode");
}

/** Refuses what no store may be asked to keep. */
export function checkCommit(commit: Commit): void {
  checkName(commit.collection, commit.id);
  const texts = [commit.value ?? "", ...(commit.outbox ?? [])];
  for (const text of texts)
    assert.ok(text.length <= VALUE_MAX_CHARS, `a value has at most ${VALUE_MAX_CHARS} characters, not ${text.length}`);
  for (const timer of commit.timers ?? []) checkName(commit.collection, timer.name);
  const changes = (commit.timers?.length ?? 0) + (commit.outbox?.length ?? 0);
  assert.ok(changes <= CHANGES_MAX, `a commit has at most ${CHANGES_MAX} timers and outbox entries, not ${changes}`);
}
