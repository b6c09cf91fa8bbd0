import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Store } from "#store/store";
import { killWithUs } from "#test/support/kill-with-us";
import type { Medium } from "./harness.ts";

const KILLS = 4;
/** Acknowledged before each kill; each kill so comes amid other writes. */
const ACKNOWLEDGED = [1, 300, 900, 2000];

/** kill -9 in the middle of writes, again and again on the same data: nothing that was acknowledged is missing, nothing is half there. */
export function crashSuite(startMedium: () => Promise<Medium>): void {
  describe("kill -9", () => {
    it("loses nothing acknowledged, and leaves no commit half made", async () => {
      const medium = await startMedium();
      try {
        const acknowledged = new Map<string, number>();
        for (let kill = 0; kill < KILLS; kill += 1) {
          await writeUntilKilled(medium, ACKNOWLEDGED[kill] ?? 1, acknowledged);
          const store = await medium.open();
          try {
            await compare(store, acknowledged);
          } finally {
            await store.close();
          }
        }
      } finally {
        await medium.stop();
      }
    });
  });
}

/** Starts a process that writes, as one of its own would: with nothing of ours but its arguments. */
export function startWriter({
  url,
  dataFolder,
}: Medium): ChildProcess & { readonly stdout: NonNullable<ChildProcess["stdout"]> } {
  const script = join(import.meta.dirname, "crash-writer.ts");
  const args = ["--import=tsx", "--conditions=lamplighter-source", script, url, dataFolder];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const spare = killWithUs(child);
  child.once("exit", () => void spare());
  return child;
}

async function writeUntilKilled(medium: Medium, enough: number, acknowledged: Map<string, number>): Promise<void> {
  const child = startWriter(medium);
  const ended = once(child, "exit");
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [id = "", value] = line.split(" ");
    acknowledged.set(id, Number(value));
    count += 1;
    if (count === enough) child.kill("SIGKILL");
  }
  const [code, signal] = (await ended) as [number | null, string | null];
  assert.deepEqual([code, signal], [null, "SIGKILL"]);
}

async function compare(store: Store, acknowledged: ReadonlyMap<string, number>): Promise<void> {
  const counts = new Map((await store.readAll("crash")).map(({ id, value }) => [id, Number(value)]));
  for (const [id, count] of acknowledged) {
    assert.ok((counts.get(id) ?? 0) >= count, `${id} was acknowledged up to ${count}, and is ${counts.get(id)}`);
  }
  const due = await store.timers.claimDue("crash", Number.MAX_SAFE_INTEGER, 0, 1000);
  assert.deepEqual(new Map(due.map(({ id, dueAt }) => [id, dueAt])), counts);
  const entries = await store.outbox.read("crash", 1_000_000);
  for (const [id, count] of counts) {
    const payloads = entries.filter((entry) => entry.id === id).map(({ payload }) => payload);
    assert.deepEqual(
      payloads,
      Array.from({ length: count }, (_, at) => String(at + 1)),
    );
  }
}
