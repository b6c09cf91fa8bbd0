import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerUnderTest } from "#test/support/server";
import { answerTo, headerIn, request, statusOf, udpWire, type Wire } from "#test/support/wire";

const KEYS = ["station1_line1", "station1_line2", "station4_line1", "station4_line2"] as const;

/* sla.conf is changed while a line is in use: sla.md §2.9 row by row (R8), and scenarios 12 and 13 of §8. Calls are told over the API. */
describe("a reload of sla.conf", () => {
  let site: string;
  let server: ServerUnderTest;
  let wire: Wire;
  const callIds = new Map<string, string>();

  before(async () => {
    site = await mkdtemp(join(tmpdir(), "lamplighter-site-"));
    await cp("test/fixtures/sites/sip-trunks", site, { recursive: true });
    await change("[line2]", "ringtimeout = 20\nbarge = no\nhold = private\n\n[line2]");
    server = await ServerUnderTest.start({ site, args: ["--trust", "127.0.0.1/32"] });
    wire = await udpWire(server.sipPort);
    for (const key of KEYS) await watch(key);
    await server.api("PUT", "devices/SLA:station1_line1", { state: "INUSE" });
    assert.match(await notified("station1_line1"), />confirmed</);
  });

  after(async () => {
    await wire.close();
    await server.stop();
    await rm(site, { recursive: true });
  });

  const change = async (from: string | RegExp, to: string, file = "sla.conf"): Promise<void> => {
    const text = await readFile(join(site, file), "utf8");
    const changed = text.replace(from, to);
    assert.notEqual(changed, text, `${file} holds no ${String(from)}`);
    await writeFile(join(site, file), changed);
  };

  const watch = async (key: string): Promise<void> => {
    const text = request("SUBSCRIBE", `sip:${key}@127.0.0.1`, wire.localPort, { Event: "dialog", Expires: "600" });
    callIds.set(key, headerIn(text, "Call-ID") ?? "");
    wire.send(text);
    const answer = await wire.next((message) => message.startsWith("SIP/2.0") && message.includes(callIds.get(key) ?? "?"));
    assert.equal(statusOf(answer), 200, key);
    await notified(key);
  };

  /** The next NOTIFY about the key, answered. */
  const notified = async (key: string): Promise<string> => {
    const notify = await wire.next((message) => message.startsWith("NOTIFY") && message.includes(callIds.get(key) ?? "?"));
    answer(notify);
    return notify;
  };

  const answer = (notify: string): void => {
    wire.send(answerTo(notify));
  };

  const named = async (kind: string, name: string): Promise<Record<string, unknown>> => {
    const { items } = (await server.api("GET", `${kind}?limit=1000`)).json as { items: Record<string, unknown>[] };
    return items.find((item) => item["name"] === name) ?? {};
  };

  const trunk = (name: string): Promise<Record<string, unknown>> => named("trunks", name);

  const keysOf = async (station: string): Promise<string[]> => {
    const { keys } = (await named("stations", station)) as { keys: { trunk: string }[] };
    return keys.map((key) => key.trunk);
  };

  /** Every lamp that is still watched; each is the state of its only watcher. */
  const watchedLamps = async (): Promise<Record<string, string>> => {
    const { items } = (await server.api("GET", "lamps?limit=1000")).json as {
      items: { extension: string; state: string; watchers: readonly unknown[] }[];
    };
    return Object.fromEntries(
      items.filter(({ watchers }) => watchers.length > 0).map(({ extension, state }) => [extension, state]),
    );
  };

  it("with a file that is broken changes nothing and says where (scenario 13)", async () => {
    const before = await readFile(join(site, "sla.conf"), "utf8");
    const lamps = await watchedLamps();
    await change("[station4](phone)", "[station4(phone)");
    await change("ringtimeout = 20\n", "");
    const { status, json } = await server.api("POST", "reload");
    assert.equal(status, 422);
    const [first] = json.diagnostics as { file: string; line: number; column: number; code: string }[];
    const line = before.split("\n").indexOf("[station4](phone)");
    assert.deepEqual([first?.file, first?.line, first?.column, first?.code], ["sla.conf", line, 1, "CONF-E01"]);
    assert.equal((await trunk("line1"))["ringtimeout"], 20);
    assert.deepEqual(await watchedLamps(), lamps);
    await writeFile(join(site, "sla.conf"), before);
  });

  it("of unchanged files is nothing", async () => {
    const { status, json } = await server.api("POST", "reload");
    assert.equal(status, 200);
    for (const { added, removed, changed } of Object.values(json.diff as Record<string, Record<string, string[]>>))
      assert.deepEqual([added, removed, changed], [[], [], []]);
  });

  it("sets options whose lines are gone to their defaults, and ends what was watched of a station that is gone, and nothing else (scenario 12)", async () => {
    await change(/\[station4\][^[]*/, "");
    await change("ringtimeout = 20\nbarge = no\nhold = private\n", "");
    await change(/^exten => station4.*\n/gm, "", "extensions.conf");
    const { status, json } = await server.api("POST", "reload");
    assert.equal(status, 200);
    assert.deepEqual(json.diff.stations, { added: [], removed: ["station4"], changed: [] });
    assert.deepEqual(json.diff.trunks, { added: [], removed: [], changed: ["line1"] });
    const { ringtimeout, barge, hold } = await trunk("line1");
    assert.deepEqual([ringtimeout, barge, hold], [0, true, "open"]);
    const ended: string[] = [];
    for (let left = 2; left > 0; left -= 1) {
      const notify = await wire.next((message) => message.startsWith("NOTIFY"));
      answer(notify);
      assert.match(headerIn(notify, "Subscription-State") ?? "", /^terminated;reason=noresource/);
      ended.push(headerIn(notify, "Call-ID") ?? "");
    }
    assert.deepEqual(ended.sort(), ["station4_line1", "station4_line2"].map((key) => callIds.get(key) ?? "").sort());
    assert.deepEqual(await watchedLamps(), { station1_line1: "InUse", station1_line2: "Idle" });
    // The next thing that a kept key hears is its next change.
    await server.api("PUT", "devices/SLA:station1_line1", { state: "ONHOLD" });
    assert.match(await notified("station1_line1"), /rendering|>confirmed</);
  });

  it("puts keys and new trunks where the file has them", async () => {
    assert.deepEqual(await keysOf("station1"), ["line1", "line2"]);
    await change("trunk = line1\ntrunk = line2\n", "trunk = line2\ntrunk = line3\ntrunk = line1\n");
    await change("[line2]", "[line3]\ntype = trunk\ndevice = SIP/provider\n\n[line2]");
    const { status, json } = await server.api("POST", "reload");
    assert.equal(status, 200);
    assert.deepEqual(json.diff.trunks.added, ["line3"]);
    assert.deepEqual(await keysOf("station1"), ["line2", "line3", "line1"]);
    assert.deepEqual(await watchedLamps(), { station1_line1: "Hold", station1_line2: "Idle" });
  });

  it("makes generated entries again, as often as it is asked", async () => {
    await change("[line3]\ntype = trunk\n", "[line3]\ntype = trunk\nautocontext = third\n");
    for (let round = 0; round < 2; round += 1) {
      await change("[phone](!)\n", `[phone](!)\n; round ${round}\n`);
      const { status, json } = await server.api("POST", "reload");
      assert.equal(status, 200, JSON.stringify(json));
    }
    assert.equal((await trunk("line3"))["autocontext"], "third");
  });

  it("is asked for by SIGHUP too", async () => {
    await change("exten => station1_line2,hint,SLA:station1_line2\n", "", "extensions.conf");
    process.kill(server.pid, "SIGHUP");
    const last = await notified("station1_line2");
    assert.match(headerIn(last, "Subscription-State") ?? "", /^terminated;reason=noresource/);
    assert.deepEqual(await watchedLamps(), { station1_line1: "Hold" });
  });
});
