import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerUnderTest } from "#test/support/server";
import { answerTo, headerIn, request, statusOf, udpWire, type Wire } from "#test/support/wire";

/* The site changes while the server runs: what is new can be watched, what is gone says so, what is wrong changes nothing (R8, design §9.21). */
describe("a reload", () => {
  let site: string;
  let server: ServerUnderTest;
  let wire: Wire;

  before(async () => {
    site = await mkdtemp(join(tmpdir(), "lamplighter-site-"));
    await cp("test/fixtures/sites/alternate", site, { recursive: true });
    server = await ServerUnderTest.start({ site, args: ["--trust", "127.0.0.1/32"] });
    wire = await udpWire(server.sipPort);
  });

  after(async () => {
    await wire.close();
    await server.stop();
    await rm(site, { recursive: true });
  });

  const change = async (file: string, from: string | RegExp, to: string): Promise<void> => {
    const path = join(site, file);
    const text = await readFile(path, "utf8");
    const changed = text.replace(from, to);
    assert.notEqual(changed, text, `${file} holds no ${String(from)}`);
    await writeFile(path, changed);
  };

  const subscribe = async (extension: string): Promise<number> => {
    const text = request("SUBSCRIBE", `sip:${extension}@127.0.0.1`, wire.localPort, { Event: "dialog", Expires: "600" });
    wire.send(text);
    const callId = headerIn(text, "Call-ID") ?? "";
    const status = statusOf(await wire.next((answer) => answer.startsWith("SIP/2.0") && answer.includes(callId)));
    if (status === 200) await answerNotify((notify) => notify.includes(callId));
    return status;
  };

  const answerNotify = async (wanted: (notify: string) => boolean): Promise<string> => {
    const notify = await wire.next((message) => message.startsWith("NOTIFY") && wanted(message));
    wire.send(answerTo(notify));
    return notify;
  };

  it("makes a new hint one that can be watched", async () => {
    assert.equal(await subscribe("front-door"), 404);
    await change("extensions.conf", /(\[LocalSets\][^\n]*\n)/, "$1exten => front-door,hint,Custom:door\n");
    const { status, json } = await server.api("POST", "reload");
    assert.equal(status, 200);
    assert.deepEqual(json.diff.hints.added, ["front-door@LocalSets"]);
    assert.equal(await subscribe("front-door"), 200);
    await change("sip.conf", "watch-secret", "another-secret");
    assert.deepEqual((await server.api("POST", "reload")).json.diff.accounts, { added: [], removed: [], changed: ["watcher"] });
  });

  it("ends what was watched on a hint that is gone, with its reason, and leaves the others alone", async () => {
    assert.equal(await subscribe("L1-0000FFFF0005_T1"), 200);
    await change("extensions.conf", "exten => front-door,hint,Custom:door\n", "");
    assert.equal((await server.api("POST", "reload")).status, 200);
    const last = await answerNotify((notify) => notify.includes("sip:front-door@"));
    assert.match(headerIn(last, "Subscription-State") ?? "", /^terminated;reason=noresource/);
    assert.equal(await subscribe("front-door"), 404);
    await server.api("PUT", "devices/SLA:L1-0000FFFF0005_T1", { state: "INUSE" });
    assert.match(await answerNotify((notify) => notify.includes("L1-0000FFFF0005_T1")), />confirmed</);
  });

  it("is refused as a whole when it brings a new error, with file, line and code", async () => {
    await change("sla.conf", /^type *= *station/m, "type=satellite");
    const { status, json } = await server.api("POST", "reload");
    assert.equal(status, 422);
    const error = json.diagnostics.find(({ code }: { readonly code: string }) => code.startsWith("SLA-E"));
    assert.equal(error.file, "sla.conf");
    assert.ok(error.line > 0 && error.message !== "");
    assert.equal((await server.api("GET", "phones/0000ffff0005")).status, 200);
    await change("sla.conf", "type=satellite", "type=station");
    assert.equal((await server.api("POST", "reload")).status, 200);
  });

  it("takes in what was written while another reading was under way", async () => {
    const replies: Promise<{ readonly status: number }>[] = [];
    for (let round = 0; round < 5; round += 1) {
      replies.push(server.api("POST", "reload"));
      await change("extensions.conf", /(\[LocalSets\][^\n]*\n)/, `$1exten => gate-${round},hint,Custom:gate${round}\n`);
      replies.push(server.api("POST", "reload"));
    }
    for (const { status } of await Promise.all(replies)) assert.equal(status, 200);
    assert.equal(await subscribe("gate-4"), 200);
  });
});
