import type { Commit, CommitOutcome, Fence } from "../store.ts";
import { idFrame, type ChangeMessage } from "./change-message.ts";
import { list, record } from "./server.ts";
import { shardKeys, shardOf } from "./shards.ts";

/** Keys and arguments of the commit script, in the order that its head gives. */
export function commitArgs(commit: Commit): (string | number)[] {
  const keys = shardKeys(commit.collection, shardOf(commit.id));
  const timers = commit.timers ?? [];
  return [
    ...[keys.records, keys.sequence, keys.timers, keys.due, keys.outbox, keys.leasePrefix + commit.id, keys.life],
    ...[commit.id, commit.expect, valueKind(commit), commit.value ?? "", idFrame(commit.id, commit.value === null), keys.changes],
    ...[commit.fence === undefined ? "" : leaseText(commit.fence), timers.length],
    ...timers.flatMap((timer) => [timerMember(commit.id, timer.name), timer.dueAt ?? ""]),
    ...(commit.outbox ?? []),
  ];
}

/** The outcome that a reply of the commit script stands for. */
export function commitOutcome(id: string, reply: unknown): CommitOutcome {
  const [type, detail] = list(reply);
  switch (type) {
    case "committed":
      return { type, version: Number(detail) };
    case "conflict":
      return { type, current: detail === "" ? undefined : record(id, String(detail)) };
    default:
      return { type: "fenced", epoch: parseLease(String(detail)).epoch };
  }
}

/** The message of the change that a commit made, as its reply tells it; undefined when it changed no value. */
export function committedChange(commit: Commit, reply: unknown): ChangeMessage | undefined {
  const [type, version, sequence] = list(reply);
  if (type !== "committed" || sequence === 0) return undefined;
  return {
    sequence: Number(sequence),
    change: { id: commit.id, version: Number(version), value: commit.value ?? undefined },
  };
}

/** A lease as it is stored. */
export function leaseText(lease: Fence): string {
  return `${lease.epoch}:${lease.holder}`;
}

/** Epoch 0 when there is none. */
export function parseLease(text: string): Fence {
  const colon = text.indexOf(":");
  return { epoch: Number(text.slice(0, Math.max(0, colon))), holder: text.slice(colon + 1) };
}

export function timerMember(id: string, name: string): string {
  return JSON.stringify([id, name]);
}

function valueKind(commit: Commit): "set" | "delete" | "keep" {
  if (commit.value === undefined) return "keep";
  return commit.value === null ? "delete" : "set";
}
