import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { eventually } from "#test/support/eventually";
import { startWriter } from "./crash-suite.ts";
import { stopAfterEach } from "#test/support/stop-after-each";
import { commitOf, embeddedMedium, openAt, put, Recorder } from "./harness.ts";

/** Less than a test here may take. */
const AGAIN_MAX_MS = 15_000;

/** What only the store in a folder can go through. */
describe("store embedded, its folder", function () {
  this.timeout(20_000);
  const started = stopAfterEach();

  it("says that another process has the folder, and opens it once that one is dead", async () => {
    const medium = started(embeddedMedium());
    const writer = startWriter(medium);
    const ended = once(writer, "exit");
    started({
      stop: () => {
        writer.kill("SIGKILL");
        return ended;
      },
    });
    await once(writer.stdout, "data");
    await assert.rejects(medium.open(), {
      name: "StoreError",
      code: "store-locked",
      message: /^the data folder is in use by another process: stop it, or start this one with another --data \(.*store/,
    });
    writer.kill("SIGKILL");
    await ended;
    started(await medium.open());
  });

  it("refuses a second store of the same process", async () => {
    const medium = started(embeddedMedium());
    const store = started(await medium.open());
    await assert.rejects(medium.open(), { code: "store-locked" });
    await put(store, "c", "a", "1");
  });

  it("refuses data of a newer release, and entries that are not its own", async () => {
    for (const [key, value, code] of [
      ["m/schema", "2", "store-newer"],
      ["m/schema", "x", "store-broken"],
      ["r/c/a", "no record", "store-broken"],
      ["strange", "", "store-broken"],
    ] as const) {
      const medium = started(embeddedMedium());
      await (await medium.open()).close();
      const level = new ClassicLevel(join(medium.dataFolder, "store"));
      await level.put(key, value);
      await level.close();
      await assert.rejects(medium.open(), { name: "StoreError", code }, key);
    }
  });

  it("says where it cannot write, and what is damaged", async () => {
    const medium = started(embeddedMedium());
    const file = join(medium.dataFolder, "file");
    writeFileSync(file, "");
    await assert.rejects(openAt("embedded", file), { code: "store-unwritable", message: /file/ });
    mkdirSync(join(medium.dataFolder, "store"));
    writeFileSync(join(medium.dataFolder, "store", "CURRENT"), "no line");
    await assert.rejects(medium.open(), { code: "store-broken" });
  });

  it("tells nobody of what could not be written, and goes on from what was", async () => {
    const medium = started(embeddedMedium());
    const store = started(await medium.open());
    const seen = new Recorder();
    await store.watch("c", seen.listener);
    const version = await put(store, "c", "a", "1");
    const mend = breakDisk();
    try {
      await assert.rejects(store.commit(commitOf("c", "a", { value: "2", timers: [{ name: "t", dueAt: 1 }] })), {
        name: "StoreError",
        code: "store-unwritable",
        message: /no space/,
      });
    } finally {
      mend();
    }
    const changed = await eventually(() => put(store, "c", "b", "1"), AGAIN_MAX_MS);
    assert.ok(changed > version);
    assert.deepEqual(await store.read("c", "a"), { id: "a", version, value: "1" });
    assert.deepEqual(await store.timers.claimDue("c", 9, 9, 9), []);
    assert.deepEqual(seen.picture, { a: "1", b: "1" });
    assert.equal(seen.changes.length, 2);
  });
});

/** From now on no batch is written, as on a full disk, until the function given back is called. */
function breakDisk(): () => void {
  const whole = Object.getOwnPropertyDescriptor(ClassicLevel.prototype, "batch");
  const batch = {
    put: () => undefined,
    del: () => undefined,
    write: () => Promise.reject(new Error("no space left on the device")),
  };
  Object.defineProperty(ClassicLevel.prototype, "batch", { value: () => batch, configurable: true });
  return () => {
    if (whole === undefined) Reflect.deleteProperty(ClassicLevel.prototype, "batch");
    else Object.defineProperty(ClassicLevel.prototype, "batch", whole);
  };
}
