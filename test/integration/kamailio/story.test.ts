import assert from "node:assert/strict";
import { resolve } from "node:path";
import { freePort } from "#test/support/free-port";
import { ForeignProgram } from "#test/support/foreign-program";
import { ServerUnderTest } from "#test/support/server";
import { stopAll } from "#test/support/stop-after-each";
import { WatchingPhone } from "#test/support/watching-phone";
import { needsKamailio, startKamailio } from "./kamailio.ts";

/*
 * Kamailio, which nobody here wrote, beside us and in front of us.
 *
 *   SIPp              Kamailio                     SIPp       server              watcher
 *     |--- INVITE 100 --->|--- INVITE -------------->|          |                    |
 *     |<-- 180, 200 ------|<-- 180, 200 -------------|          |                    |
 *     |                   |--- PUBLISH early, confirmed ------->|--- NOTIFY -------->|
 *     |--- BYE ---------->|--- PUBLISH terminated ------------->|--- NOTIFY -------->|
 *
 *   phone            edge             core             server
 *     |--- SUBSCRIBE --->|-- Record-Route ->|-- Record-Route ->|
 *     |<-- NOTIFY -------|<-- Route --------|<-- Route --------|
 */
const SITE = "test/fixtures/sites/alternate";
const LINE = "L1-0000FFFF0005_T1";
const PUBLISHER = "127.0.0.2";
const EDGE = "127.0.0.3";
const CORE = "127.0.0.4";

describe("Kamailio publishes the dialogs that it carries", () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await stopAll(stops.splice(0));
  });

  it("and the lamp rings, burns and goes out (T-37, T-41, P-18, P-19)", async function () {
    needsKamailio(this);
    const server = await ServerUnderTest.start({ site: SITE, args: ["--trust", `${PUBLISHER}/32`, "--domain", "pbx.example"] });
    stops.push(() => server.stop());
    const watcher = await WatchingPhone.open({ user: "watcher", password: "watch-secret", port: server.sipPort });
    stops.push(() => watcher.stop());
    await watcher.watch("100");
    const [port, callee] = [await freePort(), await freePort()];
    const kamailio = await startKamailio("publisher.cfg", {
      HOST: PUBLISHER,
      PORT: port,
      SERVER: server.sipPort,
      CALLEE: callee,
    });
    stops.push(() => kamailio.stop());

    const answering = await sipp("callee.xml", callee);
    stops.push(() => answering.stop());
    const calling = await sipp("caller.xml", await freePort(), `${PUBLISHER}:${port}`);
    stops.push(() => calling.stop());
    for (const lamp of ["ringing", "busy", "idle"] as const) await watcher.shows("100", lamp);
    assert.equal(await calling.ended(), 0, calling.output);
    // The end itself is a publication of ten seconds.
    assert.equal((await server.api("GET", "devices/Publish:100")).json.state, "NOT_INUSE");
    assert.deepEqual(watcher.violations, []);
  });

  async function sipp(file: string, port: number, ...target: readonly string[]): Promise<ForeignProgram> {
    const scenario = resolve("test/integration/kamailio", file);
    const args = ["-sf", scenario, "-i", "127.0.0.1", "-p", String(port), "-m", "1", "-nostdin"];
    return ForeignProgram.start(await ForeignProgram.folder(), {
      command: "sipp",
      args: [...args, "-timeout", "20s", "-timeout_error", ...target],
    });
  }
});

describe("a phone behind two hops of Kamailio", () => {
  const stops: (() => Promise<void>)[] = [];
  let server: ServerUnderTest;
  let phone: WatchingPhone;

  before(async function () {
    needsKamailio(this);
    server = await ServerUnderTest.start({ site: SITE, args: ["--trust", `${CORE}/32`] });
    stops.push(() => server.stop());
    const [edge, core] = [await freePort(), await freePort()];
    const far = await startKamailio("hop.cfg", { HOST: CORE, PORT: core, NEXT: `127.0.0.1:${server.sipPort}` });
    stops.push(() => far.stop());
    const near = await startKamailio("hop.cfg", { HOST: EDGE, PORT: edge, NEXT: `${CORE}:${core}` });
    stops.push(() => near.stop());
    phone = await WatchingPhone.open({ user: "watcher", password: "watch-secret", host: EDGE, port: edge });
    stops.push(() => phone.stop());
  });
  after(async () => {
    await stopAll(stops);
  });

  it("registers through both, and the way back is kept (R-10, RFC 3327)", async () => {
    await phone.register();
    const { json } = await server.api("GET", "registrations");
    assert.match(JSON.stringify(json), /watcher/);
  });

  it("is notified along the route set (S-24, S-81)", async () => {
    await phone.watch(LINE);
    assert.equal(phone.lamp(LINE), "idle");
    for (const [state, lamp] of [
      ["RINGING", "ringing"],
      ["INUSE", "busy"],
      ["NOT_INUSE", "idle"],
    ] as const) {
      await server.api("PUT", `devices/SLA:${LINE}`, { state });
      await phone.shows(LINE, lamp);
    }
  });

  it("refreshes and ends inside the dialog (S-50, S-53)", async () => {
    const { notifies, callId } = phone.view(LINE);
    await phone.refresh(LINE);
    await server.api("PUT", `devices/SLA:${LINE}`, { state: "RINGING" });
    await phone.shows(LINE, "ringing");
    assert.equal(phone.view(LINE).callId, callId);
    assert.ok(phone.view(LINE).notifies > notifies);
    await phone.unwatch(LINE);
    assert.match(phone.view(LINE).subscriptionState, /^terminated;reason=timeout/);
    assert.deepEqual((await server.api("GET", "subscriptions")).json.items, []);
    assert.deepEqual(phone.violations, []);
  });
});
