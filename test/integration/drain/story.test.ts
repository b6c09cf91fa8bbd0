import assert from "node:assert/strict";
import { runDrain } from "#cli/drain";
import { systemClock } from "#base/system-clock";
import { SimPhone } from "#sim/sim-phone";
import { ServerUnderTest } from "#test/support/server";

/*
 * A node is emptied for good: `lamplighter drain` tells every watcher to come back elsewhere, new ones are put off, /readyz takes the node out of a
 * load balancer; called off, it serves as before.
 */
const MAC = "0000ffff0005";

describe("lamplighter drain", () => {
  it("ends all subscriptions, says how far it is, and can be called off (C-30)", async function () {
    this.timeout(30_000);
    const server = await ServerUnderTest.start({ site: "test/fixtures/sites/alternate" });
    const phone = new SimPhone({ mac: MAC, provisioningUrl: await server.provisioningUrl(MAC) });
    try {
      await phone.start();
      const count = (await server.api("GET", "subscriptions")).json.items.length as number;
      assert.ok(count > 1);
      const said: string[] = [];
      const output = { print: (text: string) => said.push(text), explain: (text: string) => said.push(text) };
      const flags = { url: server.url, token: await server.token(), data: server.data };
      assert.equal(await runDrain({ ...flags, over: 1 }, output, systemClock), 0);
      assert.match(
        said.join("\n"),
        new RegExp(`^\\d+ of ${count} subscriptions ended\n(.*\n)*drained: the server can be stopped$`),
      );
      const { json } = await server.api("GET", "drain");
      assert.deepEqual([json.phase, json.left, json.total], ["drained", 0, count]);
      assert.equal((await fetch(`${server.url}/readyz`)).status, 503);

      assert.equal((await server.api("POST", "drain", { over: -1 })).status, 422);
      assert.equal((await server.api("POST", "drain")).status, 202);
      assert.equal(await runDrain({ ...flags, over: 1, cancel: true }, output, systemClock), 0);
      assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
      assert.equal((await server.api("GET", "drain")).json.phase, "serving");
    } finally {
      await phone.stop();
      await server.stop();
    }
  });
});
