import assert from "node:assert/strict";
import { STORE_KINDS } from "#store/registry";
import type { Store } from "#store/store";
import { commitSuite } from "./commit-suite.ts";
import { crashSuite } from "./crash-suite.ts";
import { stopAfterEach } from "#test/support/stop-after-each";
import { commitOf, MEDIA, type Medium } from "./harness.ts";
import { leaseSuite } from "./lease-suite.ts";
import { randomSuite } from "./random-suite.ts";
import { timerSuite } from "./timer-suite.ts";
import { watchSuite } from "./watch-suite.ts";

it("every kind of store in the registry is tried", () => {
  for (const { name } of STORE_KINDS) assert.ok(name in MEDIA, `harness.ts says nothing about the store ${name}`);
});

for (const [name, startMedium] of Object.entries(MEDIA)) {
  describe(`store ${name}`, function () {
    this.timeout(20_000);
    let medium: Medium | undefined;
    let one: Store | undefined;
    let other: Store | undefined;
    const started = stopAfterEach();

    before(async () => {
      medium = await startMedium();
      one = await medium.open();
      other = medium.isShared ? await medium.open() : one;
    });

    after(async () => {
      await one?.close();
      if (other !== one) await other?.close();
      await medium?.stop();
    });

    const stores = (): { one: Store; other: Store } => ({ one: one!, other: other! });
    commitSuite(stores);
    watchSuite(stores);
    timerSuite(stores);
    leaseSuite(stores);

    it("takes what is new, and refuses everything once it is closed", async () => {
      const store = started(await started(await startMedium()).open());
      await store.tryWrite();
      await store.watch("watched", () => undefined);
      await store.close();
      const asked = [
        () => store.tryWrite(),
        () => store.read("c", "a"),
        () => store.readAll("c"),
        () => store.commit(commitOf("c", "a")),
        () => store.watch("c", () => undefined),
        () => store.watch("watched", () => undefined),
        () => store.timers.claimDue("c", 1, 1, 1),
        () => store.outbox.read("c", 1),
        () => store.outbox.acknowledge("c", ["0/1-1"]),
        () => store.leases.acquire("c", "a", "n", 1),
        () => store.leases.release("c", "a", "n"),
      ];
      for (const ask of asked) await assert.rejects(ask(), { name: "StoreError", code: "store-closed" });
      await store.close();
    });

    crashSuite(startMedium);
    randomSuite(startMedium);
  });
}
