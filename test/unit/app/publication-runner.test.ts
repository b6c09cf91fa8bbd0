import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LampRunner } from "#app/lamp-runner";
import { publicationPackages } from "#app/publication-packages";
import { publicationKey } from "#app/publication-directory";
import { PublicationRunner } from "#app/publication-runner";
import { COLLECTIONS } from "#app/collections";
import type { Stop } from "#base/lifecycle";
import { quietLog } from "#base/log";
import { ok } from "#base/result";
import { HintIndex } from "#domain/site/visible-hint";
import { EMPTY_SITE } from "#domain/site/site";
import { Compositor } from "#sip/publication/compositor";
import { DEFAULT_PUBLICATION_LIMITS } from "#sip/publication/limits";
import type { Store } from "#store/store";
import { openStore } from "#store/open-store";
import { FakeClock } from "#test/support/fake-clock";
import { deviceState, dialogInfo } from "#test/support/publisher";
import { SeededRandom } from "#test/support/seeded-random";
import { AskingTransaction, flowFrom, requestOf } from "#test/unit/sip/auth/asking";

/* The compositor, the store and the lamps together, with a clock that is moved. */
const SITE = { ...EMPTY_SITE, hints: [{ extension: "100", context: "desks", devices: ["SIP/a"], origin: "test" }] };
const DAY_MS = 86_400_000;

describe("what is published", () => {
  let folder: string;
  let clock: FakeClock;
  let store: Store;
  let lamps: LampRunner;
  let runner: PublicationRunner;
  let compositor: Compositor;
  let shown: string[];
  let accounts: string[];
  let sender: { type: "trusted" } | { type: "account"; name: string };
  const stops: Stop[] = [];

  const open = async (): Promise<void> => {
    lamps = new LampRunner({ store, clock, log: quietLog, isWatched: () => true });
    shown = [];
    runner = new PublicationRunner({
      store,
      clock,
      log: quietLog,
      lamps,
      messagesChanged: () => undefined,
      stands: ({ type, name }) => type === "trusted" || accounts.includes(name),
    });
    stops.push(await lamps.start(), await runner.start());
    runner.review();
    lamps.setSite(SITE, new HintIndex(SITE));
    lamps.listen({
      lampChanged: ({ state }) => shown.push(state),
      lampRemoved: () => undefined,
      deviceChanged: () => undefined,
    });
    compositor = new Compositor({
      authenticate: () => sender,
      packages: new Map(publicationPackages(() => undefined).map((one) => [one.name, one])),
      directory: {
        isOurHost: () => true,
        find: (packageName, user) => ok(publicationKey({ packageName, about: user === "" ? "trusted x" : `Publish:${user}` })),
      },
      store: runner,
      observer: { published: () => undefined },
      limits: { ...DEFAULT_PUBLICATION_LIMITS, perAccount: 2, bodyMaxBytes: 5000, stateMaxCharacters: 2000 },
      clock,
      random: new SeededRandom(),
      log: quietLog,
    });
  };
  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0)) await stop();
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lamplighter-published-"));
    clock = new FakeClock();
    accounts = ["5001"];
    sender = { type: "trusted" };
    store = await openStore({ url: "embedded", dataFolder: folder, clock, log: quietLog });
    await open();
  });
  afterEach(async () => {
    await close();
    await store.close();
    await rm(folder, { recursive: true });
  });

  const publish = async (
    headers: readonly string[],
    body: string,
    user = "100",
    host = "192.0.2.5",
  ): Promise<AskingTransaction> => {
    const uri = user === "" ? "sip:pbx.example" : `sip:${user}@pbx.example`;
    const transaction = new AskingTransaction(requestOf({ method: "PUBLISH", uri, headers, body }), flowFrom(host));
    await compositor.handle(transaction);
    return transaction;
  };
  const say = async (body: string, tag?: string, expires = 60): Promise<string> => {
    const type = body === "" ? [] : ["Content-Type: application/dialog-info+xml"];
    const match = tag === undefined ? [] : [`SIP-If-Match: ${tag}`];
    const transaction = await publish(["Event: dialog", `Expires: ${expires}`, ...type, ...match], body);
    assert.equal(transaction.answer?.status, 200, transaction.answer?.reason);
    return transaction.headers("SIP-ETag")[0] ?? assert.fail("no tag");
  };
  const sayState = async (device: string, state: string, tag?: string, eid?: string): Promise<string> => {
    const match = tag === undefined ? [] : [`SIP-If-Match: ${tag}`];
    const headers = ["Event: asterisk-devicestate", "Content-Type: application/json", "Expires: 600", ...match];
    const transaction = await publish(headers, deviceState(device, state, eid), "");
    assert.equal(transaction.answer?.status, 200, transaction.answer?.reason);
    return transaction.headers("SIP-ETag")[0] ?? assert.fail("no tag");
  };
  /** Time passes, and what is due is settled. */
  const pass = async (ms: number): Promise<void> => {
    await clock.advanceAndSettle(ms);
    for (const [collection, settle] of [
      [COLLECTIONS.publication, runner.expire],
      [COLLECTIONS.published, runner.forgetEnded],
    ] as const)
      for (const due of await store.timers.claimDue(collection, clock.now(), 10_000, 100)) await settle(due);
  };
  const lamp = (): string | undefined => lamps.board.lamp("100", "desks")?.state;

  it("ends with its time, and leaves UNKNOWN and a dead tag behind (P-17, T-40)", async () => {
    const tag = await say(dialogInfo("confirmed"));
    await pass(59_999);
    assert.equal(lamp(), "InUse");
    await pass(1);
    assert.equal(lamp(), "Idle");
    assert.deepEqual(shown, ["InUse", "Idle"]);
    assert.deepEqual(Object.keys(lamps.board.deviceSlots("Publish:100")), ["publish:dialog"]);
    assert.equal(lamps.board.deviceState("Publish:100"), "UNKNOWN");
    const late = await publish(["Event: dialog", `SIP-If-Match: ${tag}`], "");
    assert.equal(late.answer?.status, 412);
    await pass(DAY_MS);
    assert.equal(lamp(), "Unavailable");
    assert.equal(await store.read(COLLECTIONS.publication, "dialog\nPublish:100"), undefined);
  });

  it("takes the end of a call with an Expires below the minimum, as Kamailio tells it, and nothing is lost then (P-18, P-17)", async () => {
    const tag = await say(dialogInfo("confirmed"));
    await say(dialogInfo("terminated"), tag, 11);
    assert.equal(lamp(), "Idle");
    await pass(11_000);
    assert.equal(lamp(), "Unavailable");
    assert.equal(await store.read(COLLECTIONS.publication, "dialog\nPublish:100"), undefined);
  });

  it("leaves what others say when one of them falls silent", async () => {
    await say(dialogInfo("confirmed", { id: "a" }));
    const second = await say(dialogInfo("early", { id: "b" }), undefined, 600);
    assert.equal(lamp(), "InUse&Ringing");
    await pass(60_000);
    assert.equal(lamp(), "Ringing");
    await say("", second, 0);
    assert.equal(lamp(), "Idle", "what the lost one would say is not known");
  });

  it("is over after the time that the server was away (design §9.25)", async () => {
    await say(dialogInfo("confirmed"));
    await sayState("SIP/a", "INUSE");
    await close();
    await clock.advanceAndSettle(61_000);
    await open();
    assert.equal(lamps.board.deviceState("Publish:100"), "UNKNOWN");
    assert.equal(lamps.board.deviceState("SIP/a"), "INUSE");
    assert.equal(lamp(), "InUse");
    assert.equal(lamps.board.lamp("100", "desks")?.since, clock.now() - 61_000);
  });

  it("changes no lamp when it is said again, and passes through nothing on its way (P-16, P-20, T-31)", async () => {
    const first = await say(dialogInfo("early"));
    await say("", await say(dialogInfo("early"), first));
    await say(dialogInfo("confirmed"));
    assert.deepEqual(shown, ["Ringing", "InUse"]);
  });

  it("of an account goes with the account", async () => {
    sender = { type: "account", name: "5001" };
    await say(dialogInfo("confirmed"));
    assert.equal(lamp(), "InUse");
    accounts = [];
    runner.review();
    assert.equal(lamp(), "Unavailable");
    accounts = ["5001"];
    runner.review();
    assert.equal(lamp(), "InUse");
  });

  it("by a server that began anew counts for 30 s unless it is said again (J-2, T-44)", async () => {
    const old = await sayState("SIP/a", "INUSE");
    await sayState("Custom:b", "RINGING", old);
    const fresh = await sayState("SIP/a", "ONHOLD");
    assert.equal(lamp(), "Hold", "of one server the newest counts (J-8)");
    await pass(29_999);
    assert.equal(lamps.board.deviceState("Custom:b"), "RINGING");
    await pass(1);
    assert.equal(lamps.board.deviceState("Custom:b"), "UNKNOWN");
    assert.equal(lamp(), "Hold");
    await sayState("Custom:b", "INUSE", fresh);
    assert.equal(lamps.board.deviceState("Custom:b"), "INUSE");
    await sayState("SIP/a", "INUSE", undefined, "1:1:1:1:1:1");
    assert.equal(lamp(), "InUse", "two servers: the stronger counts");
    await pass(600_000);
    assert.equal(lamps.board.deviceState("SIP/a"), "UNKNOWN");
    await pass(2 * DAY_MS);
    assert.deepEqual(await store.readAll(COLLECTIONS.published), []);
    assert.deepEqual(await store.readAll(COLLECTIONS.publication), []);
  });

  it("is limited: the oldest of a resource goes, an account waits, a long body is not looked at (P-15, §7.2)", async () => {
    for (let at = 0; at < 25; at += 1) await say(dialogInfo("early", { id: `d${at}` }));
    const ids = Object.values(lamps.board.deviceSlots("Publish:100")).map((slot) => slot.dialogs?.[0]?.id);
    assert.equal(ids.length, 20);
    assert.ok(!ids.includes("d4") && ids.includes("d5") && ids.includes("d24"));
    const long = await publish(["Event: dialog"], "x".repeat(5001));
    assert.equal(long.answer?.status, 413);
    const rich = dialogInfo("early", { id: "x".repeat(250) }).replace(/<dialog .*<\/dialog>/s, (dialog) => dialog.repeat(4));
    const kept = await publish(["Event: dialog", "Content-Type: application/dialog-info+xml"], rich);
    assert.equal(kept.answer?.status, 413);
    sender = { type: "account", name: "5001" };
    await say(dialogInfo("early", { id: "x" }));
    const tag = await say(dialogInfo("early", { id: "y" }));
    const headers = ["Event: dialog", "Content-Type: application/dialog-info+xml"];
    const third = await publish(headers, dialogInfo("early", { id: "z" }));
    assert.equal(third.answer?.status, 503);
    assert.match(third.headers("Retry-After")[0] ?? "", /^\d+$/);
    await say(dialogInfo("confirmed", { id: "y" }), tag);
  });

  it("is refused with 503 while the store is away, and with 412 to the slower of two with one tag (P-15)", async () => {
    const tag = await say(dialogInfo("early"));
    const headers = ["Event: dialog", "Content-Type: application/dialog-info+xml", `SIP-If-Match: ${tag}`];
    const both = await Promise.all(["confirmed", "confirmed"].map((state) => publish(headers, dialogInfo(state))));
    assert.deepEqual(both.map(({ answer }) => answer?.status).sort(), [200, 412]);
    await store.close();
    const refused = await publish(["Event: dialog", "Content-Type: application/dialog-info+xml"], dialogInfo("early"));
    assert.equal(refused.answer?.status, 503);
  });
});
