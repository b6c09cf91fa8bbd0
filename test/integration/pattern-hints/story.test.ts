import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Notify } from "#test/support/phone";
import { ServerUnderTest } from "#test/support/server";
import { stopAll } from "#test/support/stop-after-each";
import { STORES_UNDER_TEST } from "#test/support/stores-under-test";
import { answerTo, headerIn, request, statusOf, udpWire, type Wire } from "#test/support/wire";

/*
 * A pattern's lamps are made when somebody first looks at one (sla.md §4.3). Whoever watches must not notice that:
 *
 *   watcher            server
 *      | SUBSCRIBE 7101  |   _7XXX,hint,${TECH}${EXTEN}
 *      |---------------->|   the lamp is made
 *      | NOTIFY          |
 *      |<----------------|
 *      |                 X   kill -9, start
 *      | NOTIFY, same dialog, higher CSeq
 *      |<----------------|   the device changes
 *      | NOTIFY terminated;reason=noresource
 *      |<----------------|   reload without the pattern
 */
const GLOBALS = "[globals]\nTECH=Custom:\n";
const PATTERNS = "exten => _7XXX,hint,${TECH}p${EXTEN:1}\nexten => _8XXX,hint,SIP/${EXTEN}\n";
const EXACT = "exten => 7000,hint,Custom:desk\n";

for (const kind of STORES_UNDER_TEST) {
  describe(`lamps of hints with patterns, on the ${kind.name} store`, () => {
    const stops: (() => Promise<void>)[] = [];
    let site: string;
    let server: ServerUnderTest;
    let wire: Wire;

    before(async () => {
      const store = await kind.start();
      stops.push(store.stop);
      site = await mkdtemp(join(tmpdir(), "lamplighter-site-"));
      stops.push(() => rm(site, { recursive: true }));
      await writeFile(join(site, "sip.conf"), "[watcher]\ntype=friend\nhost=dynamic\nsecret=fountain-of-words\ncontext=phones\n");
      await write(`${GLOBALS}[phones]\n${EXACT}${PATTERNS}`);
      server = await ServerUnderTest.start({ site, store: store.url, args: ["--trust", "127.0.0.1/32"] });
      stops.push(() => server.stop());
      wire = await udpWire(server.sipPort);
      stops.push(() => wire.close());
    });

    after(async () => {
      await stopAll(stops);
    });

    const write = (extensions: string): Promise<void> => writeFile(join(site, "extensions.conf"), extensions);

    const reload = async (extensions: string): Promise<void> => {
      await write(extensions);
      const { status, json } = await server.api("POST", "reload");
      assert.equal(status, 200, JSON.stringify(json));
    };

    const put = async (device: string, state: string): Promise<void> => {
      const { status } = await server.api("PUT", `devices/${encodeURIComponent(device)}`, { state });
      assert.ok(status < 300, `PUT of ${device} gave ${status}`);
    };

    /** The next NOTIFY about an extension, answered. */
    const notified = async (extension: string): Promise<string> => {
      const notify = await wire.next((message) => message.startsWith("NOTIFY") && message.includes(`sip:${extension}@`));
      wire.send(answerTo(notify));
      return notify;
    };

    const subscribe = async (extension: string): Promise<{ readonly status: number; readonly notify: string }> => {
      const text = request("SUBSCRIBE", `sip:${extension}@127.0.0.1`, wire.localPort, { Event: "dialog", Expires: "600" });
      wire.send(text);
      const callId = headerIn(text, "Call-ID") ?? "";
      const status = statusOf(await wire.next((answer) => answer.startsWith("SIP/2.0") && answer.includes(callId)));
      return { status, notify: status === 200 ? await notified(extension) : "" };
    };

    const stateIn = (notify: string): string => /<state>(\w+)</.exec(notify)?.[1] ?? "";
    const cseqOf = (notify: string): number => new Notify(notify).cseq;

    /** A start may tell the state once more before it changes. */
    const waitFor = async (extension: string, state: string): Promise<string> => {
      let notify = await notified(extension);
      for (let more = 3; stateIn(notify) !== state && more > 0; more -= 1) notify = await notified(extension);
      assert.equal(stateIn(notify), state);
      return notify;
    };

    let dialog = "";
    let cseq = 0;

    it("makes a lamp at the first look, by globals and EXTEN; what no pattern matches is not there", async () => {
      await put("Custom:p101", "INUSE");
      const { status, notify } = await subscribe("7101");
      assert.equal(status, 200);
      assert.equal(stateIn(notify), "confirmed");
      dialog = headerIn(notify, "Call-ID") ?? "";
      cseq = cseqOf(notify);
      assert.equal((await subscribe("710")).status, 404);
      assert.equal((await subscribe("_7XXX")).status, 404);
    });

    it("prefers what is written out, and takes devices of phones", async () => {
      assert.equal((await subscribe("7000")).status, 200);
      await put("Custom:p000", "INUSE");
      await put("Custom:desk", "RINGING");
      assert.equal(stateIn(await notified("7000")), "early");
      assert.equal((await subscribe("8101")).status, 200);
      await put("SIP/8101", "INUSE");
      assert.equal(stateIn(await notified("8101")), "confirmed");
    });

    for (const signal of ["SIGTERM", "SIGKILL"] as const)
      it(`keeps them over a restart by ${signal}: the same dialog goes on with what is true now`, async () => {
        await server.end(signal);
        await server.start();
        await put("Custom:p101", "RINGING");
        const ringing = await waitFor("7101", "early");
        assert.equal(headerIn(ringing, "Call-ID"), dialog);
        assert.ok(cseqOf(ringing) > cseq);
        await put("Custom:p101", "INUSE");
        cseq = cseqOf(await waitFor("7101", "confirmed"));
      });

    it("keeps them over a reload that leaves the pattern, and follows a global that changes (R8)", async () => {
      await reload(`${GLOBALS.replace("Custom:", "Custom:new-")}[phones]\n${EXACT}${PATTERNS}`);
      const idle = await notified("7101");
      assert.equal(headerIn(idle, "Call-ID"), dialog);
      assert.doesNotMatch(headerIn(idle, "Subscription-State") ?? "", /^terminated/);
      assert.notEqual(stateIn(idle), "confirmed");
      await put("Custom:new-p101", "INUSE");
      assert.equal(stateIn(await notified("7101")), "confirmed");
    });

    it("ends them with noresource when the pattern is taken away, and only them (R8, design §9.21)", async () => {
      await reload(`${GLOBALS}[phones]\n${EXACT}exten => _8XXX,hint,SIP/\${EXTEN}\n`);
      const last = await notified("7101");
      assert.match(headerIn(last, "Subscription-State") ?? "", /^terminated;reason=noresource/);
      assert.equal((await subscribe("7101")).status, 404);
      await put("SIP/8101", "RINGING");
      await waitFor("8101", "early");
      await put("Custom:desk", "INUSE");
      await waitFor("7000", "confirmed");
    });
  });
}
