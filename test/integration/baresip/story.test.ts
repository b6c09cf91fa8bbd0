import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "#test/support/eventually";
import { ForeignProgram, needsProgram } from "#test/support/foreign-program";
import { ServerUnderTest } from "#test/support/server";
import { stopAll } from "#test/support/stop-after-each";

/*
 * baresip, a softphone that nobody here wrote: registers, publishes its presence, watches a line with Event presence, and says itself
 * what it understood.
 *
 *   baresip                        server
 *     |--- REGISTER, 401, REGISTER ->|
 *     |--- PUBLISH, 401, PUBLISH --->|
 *     |--- SUBSCRIBE presence ------>|
 *     |<-- NOTIFY open --------------|
 *     |<-- NOTIFY on-the-phone ------|   the line is taken
 */
const LINE = "L1-0000FFFF0005_T1";
const ACCOUNT = "0000FFFF0005";

const CONFIG = `sip_listen 127.0.0.1:0
module_path /usr/lib/baresip/modules
module stdio.so
module g711.so
module_tmp account.so
module_app contact.so
module_app presence.so
module_app menu.so
`;

describe("baresip", () => {
  let server: ServerUnderTest;
  let phone: ForeignProgram;
  const stops: (() => Promise<void>)[] = [];

  before(async function () {
    needsProgram(this, "baresip", "baresip-core");
    server = await ServerUnderTest.start({ site: "test/fixtures/sites/alternate" });
    stops.push(() => server.stop());
    phone = await startBaresip(server.sipPort);
    stops.push(() => phone.stop());
  });
  after(async () => {
    await stopAll(stops);
  });

  it("registers, though it gives up at a challenge that is not MD5 (G-1)", async () => {
    await phone.line(/200 OK.*\[1 binding\]|registered successfully/);
    const { json } = await server.api("GET", "registrations");
    assert.equal(json.items[0].account, ACCOUNT);
    assert.match(json.items[0].contacts[0].userAgent, /^baresip/);
  });

  it("watches a line by presence and understands each change (E-1, E-3)", async () => {
    // It subscribes some seconds after it has registered, and does not say so.
    await eventually(async () => {
      const { watchers } = (await server.api("GET", `lamps/${LINE}@LocalSets`)).json as {
        watchers: { ackedAt: string | null }[];
      };
      assert.ok(
        watchers.some(({ ackedAt }) => ackedAt !== null),
        "it does not watch",
      );
    }, 15_000);
    for (const [state, words] of [
      ["INUSE", /changed status from .*Online.* to .*Busy/],
      ["NOT_INUSE", /changed status from .*Busy.* to .*Online/],
    ] as const) {
      await server.api("PUT", `devices/SLA:${LINE}`, { state });
      // Presence is told every five seconds at most (C-2).
      await phone.line(words, 8000);
    }
  });

  it("publishes its own presence (P-10, P-11)", async () => {
    const { json } = await server.api("GET", `lamps/100@LocalSets`);
    assert.equal(json.state, "Idle");
    const metrics = await fetch(`${server.url}/metrics`, { headers: { Authorization: `Bearer ${await server.token()}` } });
    assert.match(await metrics.text(), /lamplighter_publish_total\{package="presence",outcome="(created|modified)"\} [1-9]/);
  });
});

async function startBaresip(sipPort: number): Promise<ForeignProgram> {
  const folder = await ForeignProgram.folder();
  const config = join(folder, "config");
  await mkdir(config);
  const proxy = `outbound="sip:127.0.0.1:${sipPort}"`;
  const account = `<sip:${ACCOUNT}@127.0.0.1>;auth_pass=lamp5-secret;${proxy};regint=600;pubint=600`;
  await writeFile(join(config, "config"), CONFIG);
  await writeFile(join(config, "accounts"), `${account}\n`);
  await writeFile(join(config, "contacts"), `"Line" <sip:${LINE}@127.0.0.1>;presence=p2p\n`);
  return ForeignProgram.start(folder, { command: "baresip", args: ["-f", config, "-v"], ready: /baresip is ready/ });
}
