import type { DueTimer, TimerChange } from "../store.ts";
import { TimerHeap, type HeapTimer } from "./timer-heap.ts";

/** The timers of one collection. Claims live in memory only: after a restart every claimed timer is free again. */
export class TimerTable {
  readonly #byKey = new Map<string, HeapTimer>();
  readonly #heap = new TimerHeap();

  apply(id: string, change: TimerChange): void {
    const key = timerKey(id, change.name);
    const before = this.#byKey.get(key);
    if (before !== undefined) this.#heap.remove(before);
    this.#byKey.delete(key);
    if (change.dueAt === null) return;
    const timer = { id, name: change.name, dueAt: change.dueAt, freeAt: change.dueAt, index: 0 };
    this.#byKey.set(key, timer);
    this.#heap.add(timer);
  }

  claimDue(now: number, claimMs: number, limit: number): DueTimer[] {
    const due: HeapTimer[] = [];
    for (
      let first = this.#heap.first;
      first !== undefined && first.freeAt <= now && due.length < limit;
      first = this.#heap.first
    ) {
      this.#heap.remove(first);
      due.push(first);
    }
    // Put back after the loop, so that a claim of no length does not hand out the same timer twice.
    for (const timer of due) {
      timer.freeAt = now + claimMs;
      this.#heap.add(timer);
    }
    return due.map(({ id, name, dueAt }) => ({ id, name, dueAt }));
  }
}

/** One text for a timer within its collection. */
export function timerKey(id: string, name: string): string {
  return JSON.stringify([id, name]);
}
