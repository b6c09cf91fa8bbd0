import assert from "node:assert/strict";
import { SimPhone } from "#sim/sim-phone";
import { ServerUnderTest } from "#test/support/server";
import { stopAll } from "#test/support/stop-after-each";
import { STORES_UNDER_TEST } from "#test/support/stores-under-test";

/*
 * A restart in the middle, asked for or by kill -9: dialogs go on with higher CSeq and version, lamps are right, nothing acknowledged is
 * lost, and no phone notices.
 */
const MAC = "0000ffff0005";
const L1 = "L1-0000FFFF0005_T1";
const L2 = "L2-0000FFFF0005_T2";

for (const kind of STORES_UNDER_TEST) {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    describe(`a restart by ${signal}, on the ${kind.name} store`, () => {
      it("is not noticed by a phone (S-71, S-72, S-90, S-91)", async () => {
        const stops: (() => Promise<void>)[] = [];
        try {
          const store = await kind.start();
          stops.push(store.stop);
          const server = await ServerUnderTest.start({ site: "test/fixtures/sites/alternate", store: store.url });
          stops.push(() => server.stop());
          const phone = new SimPhone({ mac: MAC, provisioningUrl: await server.provisioningUrl(MAC) });
          stops.push(() => phone.stop());
          await phone.start();
          await server.api("PUT", `devices/SLA:${L1}`, { state: "INUSE" });
          await phone.waitForLamp(L1, "busy", 3000);
          const before = [L1, L2].map((address) => phone.watch(address));
          const token = await server.token();

          const code = await server.end(signal);
          if (signal === "SIGTERM") assert.equal(code, 0);
          await server.start();

          assert.equal(await server.token(), token);
          assert.equal((await server.api("GET", `devices/SLA:${L1}`)).json.state, "INUSE", "an acknowledged state was lost");
          assert.notEqual((await server.api("GET", `phones/${MAC}`)).json.registration, null, "the registration was lost");
          await server.api("PUT", `devices/SLA:${L1}`, { state: "NOT_INUSE" });
          await phone.waitForLamp(L1, "idle", 5000);
          const after = [L1, L2].map((address) => phone.watch(address));
          assert.deepEqual(
            after.map((watch) => watch.callId),
            before.map((watch) => watch.callId),
            "the dialogs are new ones",
          );
          assert.ok((after[0]?.cseq ?? 0) > (before[0]?.cseq ?? 0) && (after[0]?.version ?? 0) > (before[0]?.version ?? 0));
          await phone.refresh(L2);
          assert.deepEqual(phone.violations, []);
        } finally {
          await stopAll(stops);
        }
      });
    });
  }
}
