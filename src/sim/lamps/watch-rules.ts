import type { DialogDocument } from "./dialog-document.ts";
import type { LampName, WatchedDialog } from "./lamp.ts";
import { lampOf } from "./lamp.ts";

/** What a phone remembers of one subscription's documents. A new dialog starts anew. */
export interface WatchMemory {
  /** Of the newest document that was taken. */
  readonly version: number | undefined;
  readonly dialogs: ReadonlyMap<string, WatchedDialog>;
  readonly lamp: LampName;
}

export const NOTHING_SEEN: WatchMemory = { version: undefined, dialogs: new Map(), lamp: "unknown" };

export interface WatchRules {
  /** The resource as it was subscribed to. */
  readonly entity: string;
  /** voIpProt.SIP.dialog.strictVersionValidation. */
  readonly strictVersion: boolean;
  readonly showsHold: boolean;
}

/** What a real phone makes of a document, and what was wrong with it. A document that it ignores leaves the lamp as it was. */
export function takeDocument(
  memory: WatchMemory,
  document: DialogDocument,
  rules: WatchRules,
): { readonly memory: WatchMemory; readonly violations: readonly string[] } {
  if (document.entity !== rules.entity) {
    return { memory, violations: [`entity mismatch: ${document.entity} instead of ${rules.entity}`] };
  }
  const violations: string[] = [];
  if (memory.version !== undefined && document.version <= memory.version) {
    violations.push(`version went back: ${document.version} after ${memory.version}`);
    if (rules.strictVersion) return { memory, violations };
  }
  if (document.isPartial && memory.version === undefined) violations.push("the first document is partial");

  const returned = document.dialogs.find((dialog) => ringsAfterUse(memory.dialogs.get(dialog.id), dialog));
  if (returned !== undefined) {
    violations.push(`D-6: dialog ${returned.id} rings after it was in use, without terminated between`);
    return { memory: { ...memory, version: document.version }, violations };
  }
  const dialogs = new Map(document.isPartial ? memory.dialogs : []);
  for (const dialog of document.dialogs) dialogs.set(dialog.id, dialog);
  return {
    memory: { version: document.version, dialogs, lamp: lampOf(dialogs.values(), rules.showsHold) },
    violations,
  };
}

/** Polycom phones ignore such a change (presence.md D-6). */
function ringsAfterUse(before: WatchedDialog | undefined, now: WatchedDialog): boolean {
  return before?.state === "confirmed" && now.state === "early";
}
