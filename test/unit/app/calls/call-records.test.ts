import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LegRecord } from "#app/calls/call-board";
import { CallRecords } from "#app/calls/call-records";
import { quietLog, type Log } from "#base/log";
import { systemClock } from "#base/system-clock";
import type { LastOfLeg } from "#calls/call-leg";
import { stopAfterEach } from "#test/support/stop-after-each";

const LEG: Omit<LegRecord, "id"> = {
  ...{ node: "one", account: "ann", direction: "outgoing", phase: "up", isHeld: false, call: "c", since: 1 },
  ...{ remote: { number: "7", name: "" } },
};
const LAST: LastOfLeg = { end: { type: "bye", by: "us" }, reasons: [], sound: Promise.resolve(undefined) };

describe("records of calls", () => {
  const started = stopAfterEach();

  async function folderOf(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "lamplighter-records-"));
    started(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }

  /** Legs that are over, and everything before them is written or not: in one turn, and in several. */
  async function end(records: CallRecords, legs: readonly string[]): Promise<void> {
    for (const id of legs) {
      records.over({ id, ...LEG }, LAST);
      if (id.endsWith("5")) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it("are all in the file, each once and in their order, those too that wait when the server stops", async () => {
    const folder = await folderOf();
    const records = new CallRecords({ clock: systemClock, log: quietLog, folder });
    const legs = Array.from({ length: 100 }, (_, at) => `leg${at}`);
    await end(records, legs);
    await records.stop();
    const lines = (await readFile(join(folder, "calls.jsonl"), "utf8")).trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { readonly leg: string }).leg),
      legs,
    );
  });

  it("are lost with a complaint when the folder cannot be written, and the server stops all the same", async () => {
    const complaints: string[] = [];
    const log: Log = { ...quietLog, error: (message) => complaints.push(message) };
    const records = new CallRecords({ clock: systemClock, log, folder: "/dev/null/nowhere" });
    await end(records, ["leg1", "leg5", "leg6"]);
    await records.stop();
    assert.ok(complaints.length > 0 && complaints.every((text) => text === "records of calls are not written"));
    assert.equal(records.recent().keys().length, 3);
  });
});
