import assert from "node:assert/strict";
import { deviceState, dialogInfo, PublishingPeer } from "#test/support/publisher";
import { startRedis } from "#test/support/redis";
import { ServerUnderTest } from "#test/support/server";
import { stopAll } from "#test/support/stop-after-each";
import { STORES_UNDER_TEST } from "#test/support/stores-under-test";
import { headerIn, request } from "#test/support/wire";

/*
 * Others tell what they know: a phone with its password, a PBX from a trusted address.
 *
 *   publisher                    server                      watcher
 *     |--- PUBLISH dialog --------->|                            |
 *     |<-- 200 SIP-ETag ------------|--- NOTIFY confirmed ------>|
 */
const PBX = "127.0.0.2";
const SITE = "test/fixtures/sites/alternate";
const ARGS = ["--trust", `${PBX}/32`];
const ACCOUNT = { user: "0000FFFF0005", password: "lamp5-secret" };
const STATES = { event: "asterisk-devicestate", uri: "sip:asterisk@127.0.0.1" };

describe("PUBLISH", () => {
  let server: ServerUnderTest;
  let phone: PublishingPeer;
  let pbx: PublishingPeer;
  const peers: PublishingPeer[] = [];
  const peer = async (...parts: [account?: { user: string; password: string }, host?: string]): Promise<PublishingPeer> => {
    const opened = await PublishingPeer.open(server.sipPort, ...parts);
    peers.push(opened);
    return opened;
  };

  beforeEach(async () => {
    server = await ServerUnderTest.start({ site: SITE, args: ARGS });
    phone = await peer(ACCOUNT);
    pbx = await peer(undefined, PBX);
  });
  afterEach(async () => {
    for (const one of peers.splice(0)) await one.wire.close();
    await server.stop();
  });
  const lamp = async (context = "LocalSets"): Promise<string> => (await server.api("GET", `lamps/100@${context}`)).json.state;

  it("of an account lights the lamps of its hint, until it takes it back (T-37, T-38, T-39, T-41, P-18)", async () => {
    const watcher = await peer({ user: "watcher", password: "watch-secret" });
    assert.equal(await watcher.watch("sip:100@127.0.0.1"), "terminated");
    const first = await phone.published({ body: dialogInfo("early") });
    assert.equal(await watcher.notified(), "early");
    const second = await phone.published({ tag: first, body: dialogInfo("confirmed") });
    assert.equal(await watcher.notified(), "confirmed");
    const third = await phone.published({ tag: second });
    assert.equal(new Set([first, second, third]).size, 3, "a tag came twice");
    for (const old of [first, second, "never-given", "\u00ff"])
      assert.equal((await phone.publish({ tag: old, body: dialogInfo("terminated") })).status, 412);
    assert.equal(await lamp(), "InUse");
    const removal = await phone.publish({ tag: third, expires: 0, body: dialogInfo("terminated") });
    assert.deepEqual([removal.status, removal.expires], [200, 0]);
    // The refresh and the refusals made no NOTIFY: the next one is that of the removal.
    assert.equal(await watcher.notified(), "terminated");
    assert.equal((await server.api("GET", "lamps/100@elsewhere")).json.state, "Unavailable");
  });

  it("speaks for nobody else (T-42, X-5, X-6, J-7)", async () => {
    const stranger = await peer();
    assert.equal((await stranger.publish({ body: dialogInfo("confirmed") })).status, 401);
    for (const uri of ["sip:L1-0000FFFF0006_T1@127.0.0.1", "sip:nobody@127.0.0.1", "sip:0000FFFF0006@127.0.0.1"])
      assert.equal((await phone.publish({ uri, body: dialogInfo("confirmed", { entity: uri }) })).status, 403, uri);
    assert.equal((await phone.publish({ body: dialogInfo("confirmed", { entity: "sip:101@127.0.0.1" }) })).status, 400);
    assert.equal((await phone.publish({ ...STATES, body: deviceState("SIP/0000FFFF0006", "INUSE") })).status, 403);
    assert.equal((await pbx.publish({ uri: "sip:nobody@127.0.0.1", body: dialogInfo("confirmed") })).status, 404);
    assert.equal((await pbx.publish({ uri: "sip:100@other.example", body: dialogInfo("confirmed") })).status, 404);
    assert.equal(await lamp(), "Unavailable");
  });

  it("of a trusted source reaches the hints of that name in every context, beside others (design §9.15)", async () => {
    const other = await peer(ACCOUNT);
    const [mine, theirs] = [
      await pbx.published({ body: dialogInfo("early", { id: "a" }) }),
      await other.published({ body: dialogInfo("confirmed", { id: "b" }) }),
    ];
    assert.deepEqual([await lamp(), await lamp("elsewhere")], ["InUse&Ringing", "Ringing"]);
    const { json } = await server.api("GET", "lamps/100@LocalSets");
    assert.deepEqual(json.devices.slice(2), ["Publish:100", "Publish:100@LocalSets"]);
    const device = (await server.api("GET", "devices/Publish:100")).json;
    assert.equal(device.state, "RINGING");
    assert.match(device.slots[0].source, /^publish:127\.0\.0\.2\/[0-9a-f]+$/);
    assert.equal(device.slots[0].dialogs[0].remote.name, "Alice");
    assert.ok(!JSON.stringify(device).includes(mine), "the tag is told");
    await other.published({ tag: theirs, expires: 0 });
    assert.equal(await lamp(), "Ringing");
    await pbx.published({ tag: mine, expires: 0 });
    assert.deepEqual([await lamp(), await lamp("elsewhere")], ["Unavailable", "Unavailable"]);
  });

  it("takes a newer word on the same dialog for the older one (P-16)", async () => {
    await pbx.published({ body: dialogInfo("trying") });
    const second = await pbx.published({ body: dialogInfo("confirmed") });
    assert.equal(await lamp(), "InUse");
    await pbx.published({ tag: second, expires: 0, body: dialogInfo("terminated") });
    assert.equal(await lamp(), "Unavailable");
  });

  it("takes presence, and an account's own address (P-10, P-21)", async () => {
    const pidf = (activity: string): string =>
      `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:0000FFFF0005@example.org"><tuple id="t"><status><basic>open</basic></status></tuple><person><activities><${activity}/></activities></person></presence>`;
    const uri = "sip:0000FFFF0005@127.0.0.1";
    await phone.published({ event: "presence", uri, body: pidf("busy") });
    assert.equal(await lamp(), "Busy");
    await phone.published({ event: "presence", uri, body: pidf("on-the-phone") });
    assert.equal(await lamp(), "InUse", "a phone that keeps no tags has one state (P-21)");
  });

  it("takes an Asterisk's device states, one device an object (T-43, J-1, J-3, J-8)", async () => {
    let tag = await pbx.published({ ...STATES, body: deviceState("SIP/0000FFFF0006", "INUSE") });
    assert.equal(await lamp(), "InUse");
    tag = await pbx.published({ ...STATES, tag, body: deviceState("SIP/0000FFFF0005", "RINGING") });
    assert.equal(await lamp(), "InUse&Ringing");
    tag = await pbx.published({ ...STATES, tag });
    tag = await pbx.published({ ...STATES, tag, body: deviceState("SIP/0000FFFF0006", "NOT_INUSE") });
    assert.equal(await lamp(), "Ringing");
    const mailbox = { type: "mailboxstate", uniqueid: "1001@default", old: 3, new: 1, eid: "52:54:00:ab:cd:ef" };
    await pbx.published({ event: "asterisk-mwi", uri: "sip:127.0.0.1", body: JSON.stringify(mailbox) });
    assert.equal((await server.api("GET", "devices/MWI:1001@default")).json.state, "INUSE");
    tag = await pbx.published({ ...STATES, tag, body: deviceState("PJSIP/far", "INUSE") });
    await pbx.published({ ...STATES, tag, expires: 0 });
    assert.equal((await server.api("GET", "devices/PJSIP/far")).json.state, "UNKNOWN");
    assert.equal(await lamp(), "Unavailable");
  });

  it("is refused with what helps the publisher (P-10, P-11, J-5, T-45, X-15, X-16)", async () => {
    const doctype = `<!DOCTYPE d [<!ENTITY e "x">]>${dialogInfo("early")}`;
    const deep = "<a>".repeat(10_000);
    for (const body of [doctype, deep, "<dialog-info", dialogInfo("dancing"), "text"])
      assert.equal((await pbx.publish({ body })).status, 400, body.slice(0, 50));
    for (const body of [
      "{",
      "[".repeat(30_000),
      "null",
      '{"__proto__":{}}',
      deviceState("no-technology", "INUSE"),
      deviceState("SIP/a", "PURPLE"),
    ])
      assert.equal((await pbx.publish({ ...STATES, body })).status, 400, body.slice(0, 50));
    assert.equal((await pbx.publish({ event: "asterisk-mwi", body: deviceState("SIP/a", "INUSE") })).status, 400);
    assert.equal((await pbx.publish()).status, 400);
    assert.equal(
      (await pbx.publish({ event: "dialog;shared", type: "application/dialog-info+xml", body: dialogInfo("early") })).status,
      489,
    );
    const type = await pbx.publish({ type: "application/json", body: "{}" });
    assert.deepEqual([type.status, headerIn(type.text, "Accept")], [415, "application/dialog-info+xml"]);
    const encoding = await pbx.publish({ body: dialogInfo("early"), headers: { "Content-Encoding": "gzip" } });
    assert.deepEqual([encoding.status, headerIn(encoding.text, "Accept-Encoding")], [415, "identity"]);
    const brief = await pbx.publish({ body: dialogInfo("early"), expires: 59 });
    assert.deepEqual([brief.status, headerIn(brief.text, "Min-Expires")], [423, "60"]);
    const event = await pbx.publish({ event: "reg", body: "x" });
    assert.equal(event.status, 489);
    assert.equal(headerIn(event.text, "Allow-Events"), "dialog, presence, asterisk-devicestate, asterisk-mwi");
    assert.equal(await lamp(), "Unavailable");
    assert.equal((await pbx.publish({ body: dialogInfo("early"), expires: 43_200 })).expires, 7200);
    const metrics = await (
      await fetch(`${server.url}/metrics`, { headers: { Authorization: `Bearer ${await server.token()}` } })
    ).text();
    assert.match(metrics, /lamplighter_publish_total\{package="dialog",outcome="created"\} 1/);
  });

  it("repeated in one datagram gets the same tag (P-13)", async () => {
    const headers = { Event: "dialog", Expires: "600", Contact: "", "Content-Type": "application/dialog-info+xml" };
    const text = request("PUBLISH", "sip:100@127.0.0.1", pbx.wire.localPort, headers, dialogInfo("early"));
    const answers = [];
    for (let at = 0; at < 2; at += 1) {
      pbx.wire.send(text);
      answers.push(await pbx.wire.next());
    }
    assert.equal(answers[0], answers[1]);
    assert.equal((await server.api("GET", "devices/Publish:100")).json.slots.length, 1);
  });
});

describe("what was published on one of two nodes", () => {
  it("lights the lamps of the other, and its tag is good there (P-12)", async () => {
    const stops: (() => Promise<void>)[] = [];
    try {
      const redis = await startRedis();
      stops.push(() => redis.stop());
      const [near, far] = [
        await ServerUnderTest.start({ site: SITE, store: redis.url, args: ARGS }),
        await ServerUnderTest.start({ site: SITE, store: redis.url, args: [...ARGS, "--node", "far"] }),
      ];
      stops.push(
        () => near.stop(),
        () => far.stop(),
      );
      const [here, there] = [
        await PublishingPeer.open(near.sipPort, undefined, PBX),
        await PublishingPeer.open(far.sipPort, undefined, PBX),
      ];
      const watcher = await PublishingPeer.open(far.sipPort, { user: "watcher", password: "watch-secret" });
      for (const { wire } of [here, there, watcher]) stops.push(() => wire.close());
      assert.equal(await watcher.watch("sip:100@127.0.0.1"), "terminated");
      const first = await here.published({ body: dialogInfo("early") });
      assert.equal(await watcher.notified(), "early");
      const second = await there.published({ tag: first, body: dialogInfo("confirmed") });
      assert.equal(await watcher.notified(), "confirmed");
      assert.equal((await here.publish({ tag: first })).status, 412);
      await here.published({ tag: second, expires: 0 });
      assert.equal(await watcher.notified(), "terminated");
    } finally {
      await stopAll(stops);
    }
  });
});

for (const kind of STORES_UNDER_TEST) {
  describe(`what was published, on the ${kind.name} store`, () => {
    it("outlives kill -9, and so do the tags (design §9.25)", async () => {
      const stops: (() => Promise<void>)[] = [];
      try {
        const store = await kind.start();
        stops.push(store.stop);
        const server = await ServerUnderTest.start({ site: SITE, store: store.url, args: ARGS });
        stops.push(() => server.stop());
        const pbx = await PublishingPeer.open(server.sipPort, undefined, PBX);
        const phone = await PublishingPeer.open(server.sipPort, ACCOUNT);
        stops.push(
          () => pbx.wire.close(),
          () => phone.wire.close(),
        );
        const tags = {
          states: await pbx.published({ ...STATES, body: deviceState("SIP/0000FFFF0006", "ONHOLD") }),
          dialog: await phone.published({ body: dialogInfo("confirmed") }),
        };
        await server.end("SIGKILL");
        await server.start();
        assert.equal((await server.api("GET", "devices/SIP/0000FFFF0006")).json.state, "ONHOLD");
        assert.equal((await server.api("GET", "lamps/100@LocalSets")).json.state, "InUse");
        await pbx.published({ ...STATES, tag: tags.states });
        await phone.published({ tag: tags.dialog, expires: 0 });
        assert.equal((await server.api("GET", "lamps/100@LocalSets")).json.state, "Hold");
      } finally {
        await stopAll(stops);
      }
    });
  });
}
