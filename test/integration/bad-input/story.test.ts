import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readXml } from "#base/xml/read-xml";
import { ServerUnderTest } from "#test/support/server";
import { headerIn, request, statusOf, tcpWire, udpWire, type Wire } from "#test/support/wire";

/* Strangers and broken phones: each gets the right answer or none, nothing is lost, the process lives. */
const L1 = "sip:L1-0000FFFF0005_T1@127.0.0.1";

describe("bad input", () => {
  let server: ServerUnderTest;
  let wire: Wire;

  before(async () => {
    // From --trust the messages themselves are looked at, not only the missing password.
    server = await ServerUnderTest.start({ site: "test/fixtures/sites/alternate", args: ["--trust", "127.0.0.1/32"] });
    wire = await udpWire(server.sipPort);
  });

  after(async () => {
    await wire.close();
    await server.stop();
  });

  afterEach(async () => {
    const answer = await answerTo(request("OPTIONS", "sip:127.0.0.1", wire.localPort));
    assert.equal(statusOf(answer), 200, "the server does not answer any more");
  });

  const subscribe = (headers: Readonly<Record<string, string>> = {}, uri = L1): string =>
    request("SUBSCRIBE", uri, wire.localPort, { Event: "dialog", Expires: "600", ...headers });
  const answerTo = async (message: string): Promise<string> => {
    wire.send(message);
    const callId = headerIn(message, "Call-ID") ?? "";
    return wire.next((answer) => answer.startsWith("SIP/2.0") && answer.includes(callId));
  };

  it("answers an unknown event package with 489 and names ours (T-9, T-10)", async () => {
    for (const headers of [{ Event: "presence.winfo" }, { Event: "" }, { Event: "dia log" }]) {
      const answer = await answerTo(subscribe(headers));
      assert.equal(statusOf(answer), 489);
      assert.match(headerIn(answer, "Allow-Events") ?? "", /dialog.*presence/);
    }
  });

  it("answers 406, 423, 404, 400, 481 as the checks say (T-2, T-8, T-11)", async () => {
    const unacceptable = await answerTo(subscribe({ Accept: "application/simple-message-summary" }));
    assert.equal(statusOf(unacceptable), 406);
    assert.equal(headerIn(unacceptable, "Accept"), "application/dialog-info+xml");
    const brief = await answerTo(subscribe({ Expires: "30" }));
    assert.equal(statusOf(brief), 423);
    assert.equal(headerIn(brief, "Min-Expires"), "60");
    assert.equal(statusOf(await answerTo(subscribe({}, "sip:nobody@127.0.0.1"))), 404);
    assert.equal(statusOf(await answerTo(subscribe({}, "sip:100@other.example"))), 404);
    assert.equal(statusOf(await answerTo(subscribe({ Contact: "" }))), 400);
    assert.equal(statusOf(await answerTo(subscribe({ To: `<${L1}>;tag=never-given` }))), 481);
    assert.equal(statusOf(await answerTo(subscribe({ Require: "frobnicate" }))), 420);
    assert.equal(statusOf(await answerTo(request("MESSAGE", L1, wire.localPort))), 405);
  });

  it("refuses NOTIFYs, whatever they say: nobody tells us anything by them (X-23)", async () => {
    for (const Event of ["check-sync", "dialog", "message-summary"]) {
      const answer = await answerTo(request("NOTIFY", L1, wire.localPort, { Event, "Subscription-State": "active" }));
      assert.ok([405, 481].includes(statusOf(answer)), answer);
    }
  });

  it("says nothing of its insides: no version, no path, no stack (X-21)", async () => {
    const answers = [
      await answerTo(subscribe({ Require: "frobnicate" })),
      await answerTo(subscribe({ Contact: "" })),
      await answerTo(request("OPTIONS", "sip:127.0.0.1", wire.localPort)),
    ];
    const problem = await fetch(`${server.url}/api/v1/phones/${"x".repeat(300)}`, { headers: { Connection: "close" } });
    for (const text of [...answers, await problem.text(), [...problem.headers].join("\n")])
      assert.ok(!/node|\.js\b|\.ts\b|\/src\/|\bat \w+|\d+\.\d+\.\d+(?!\.)/i.test(text.replaceAll("127.0.0.1", "")), text);
  });

  it("gives a fetch one NOTIFY with the whole document and keeps nothing (T-4)", async () => {
    const message = subscribe({ Expires: "0" });
    assert.equal(headerIn(await answerTo(message), "Expires"), "0");
    const notify = await wire.next((text) => text.startsWith("NOTIFY"));
    assert.match(headerIn(notify, "Subscription-State") ?? "", /^terminated;reason=timeout/);
    assert.match(notify, /state="full" entity="sip:L1-0000FFFF0005_T1@127\.0\.0\.1"/);
    assert.deepEqual((await server.api("GET", "subscriptions")).json.items, []);
  });

  it("answers repeats of one datagram the same way and subscribes once (T-17)", async () => {
    const message = subscribe();
    const answers = [await answerTo(message), await answerTo(message), await answerTo(message)];
    assert.equal(new Set(answers).size, 1);
    assert.equal((await server.api("GET", "subscriptions")).json.items.length, 1);
    const end = subscribe({
      "Call-ID": headerIn(message, "Call-ID") ?? "",
      From: headerIn(message, "From") ?? "",
      To: headerIn(answers[0] ?? "", "To") ?? "",
      CSeq: "2 SUBSCRIBE",
      Expires: "0",
    });
    assert.equal(statusOf(await answerTo(end)), 200);
    // The NOTIFYs are left unanswered on purpose: an unanswered phone costs one slot, not the server.
    assert.deepEqual((await server.api("GET", "subscriptions")).json.items, []);
  });

  it("lives through rubbish on UDP (X-11)", async () => {
    const whole = subscribe();
    const rubbish = [
      "",
      "\r\n\r\n",
      "\0\0\0\0",
      "hello",
      whole.slice(0, 100),
      whole.slice(0, whole.indexOf("\r\n\r\n")),
      `SUBSCRIBE ${L1} SIP/2.0\r\n\r\n`,
      `SIP/2.0 200 OK\r\n\r\n`,
      "X".repeat(60_000),
      whole.replace("Event: dialog", `Event: ${"d".repeat(60_000)}`),
      whole.replace("Max-Forwards: 70", Array.from({ length: 3000 }, (_, index) => `X-${index}: y`).join("\r\n")),
      whole.replace(/Content-Length: 0/, "Content-Length: 99999"),
      whole.replace(/From: .*/, "From: <sip:\u00ff\u00fe@[[[>;tag=\u0001"),
    ];
    for (const message of rubbish) wire.send(message);
    const answer = await answerTo(whole.replace(/Call-ID: .*\r/, "Call-ID: \r"));
    assert.equal(statusOf(answer), 400);
  });

  it("closes a stream that sends 64 kB of headers or no length, and keeps the others", async () => {
    const good = await tcpWire(server.sipPort);
    const huge = await tcpWire(server.sipPort);
    huge.send(request("OPTIONS", "sip:127.0.0.1", huge.localPort, { "Content-Length": "", X: "y".repeat(65_536) }));
    assert.equal(statusOf(await huge.next()), 513);
    await huge.closed;
    const nameless = await tcpWire(server.sipPort);
    nameless.send(`OPTIONS sip:127.0.0.1 SIP/2.0\r\nX: ${"y".repeat(65_536)}`);
    await nameless.closed;
    const lengthless = await tcpWire(server.sipPort);
    lengthless.send(request("OPTIONS", "sip:127.0.0.1", lengthless.localPort, { "Content-Length": "" }));
    assert.equal(statusOf(await lengthless.next()), 400);
    const halves = request("OPTIONS", "sip:127.0.0.1", good.localPort).replace("/UDP", "/TCP");
    good.send(halves.slice(0, 50));
    good.send(`${halves.slice(50)}${request("OPTIONS", "sip:127.0.0.1", good.localPort).replace("/UDP", "/TCP")}`);
    assert.equal(statusOf(await good.next()), 200);
    await lengthless.closed;
    assert.equal(good.isClosed, false);
    for (const one of [good, huge, nameless, lengthless]) await one.close();
  });

  it("refuses bad API requests with problems, and changes nothing", async () => {
    const device = "devices/Custom:door";
    const cases: [unknown, number, RegExp][] = [
      [{ state: "PURPLE" }, 422, /state/],
      [{ state: "INUSE", colour: "red" }, 422, /colour/],
      [{ state: "INUSE", ttl: -1 }, 422, /ttl/],
      ["text", 422, /object/],
    ];
    for (const [body, status, reason] of cases) {
      const answer = await server.api("PUT", device, body);
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get("content-type"), "application/problem+json");
      assert.match(answer.json.detail, reason);
    }
    assert.equal((await server.api("PUT", "devices/no-technology", { state: "INUSE" })).status, 422);
    assert.equal((await server.api("PUT", `devices/Custom:${"x".repeat(300)}`, { state: "INUSE" })).status, 422);
    assert.equal((await server.api("POST", device)).status, 405);
    assert.equal((await server.api("GET", "nothing")).status, 404);
    assert.equal((await fetch(`${server.url}/api/v1/devices`)).status, 401);
    assert.equal((await fetch(`${server.url}/api/v1/devices`, { headers: { Authorization: "Bearer wrong" } })).status, 401);
    assert.equal((await server.api("GET", device)).json.state, "UNKNOWN");
  });

  it("gives the same 404 for a wrong secret, a wrong MAC and an unknown file (X-2)", async () => {
    const url = await server.provisioningUrl("0000ffff0005");
    const wrongSecret = url.replace(/[0-9a-f]{10}\/$/, "0123456789/");
    const texts = await Promise.all(
      [
        `${url}0000ffff0006.cfg`,
        `${url}nothing.cfg`,
        `${wrongSecret}0000ffff0005.cfg`,
        `${url}..%2f..%2fetc%2fpasswd`,
        `${server.url}/provisioning/`,
      ].map(async (address) => {
        const response = await fetch(address, { headers: { Connection: "close" } });
        const headers = [...response.headers].filter(([name]) => name !== "date");
        return JSON.stringify([response.status, headers, await response.text()]);
      }),
    );
    assert.equal(new Set(texts).size, 1, texts.join("\n"));
    assert.match(texts[0] ?? "", /^\[404/);
  });
});

describe("a wrong password", () => {
  it("registers and subscribes nobody", async () => {
    const server = await ServerUnderTest.start({ site: "test/fixtures/sites/alternate" });
    const wire = await udpWire(server.sipPort);
    try {
      for (const method of ["REGISTER", "SUBSCRIBE"]) {
        const uri = method === "REGISTER" ? "sip:127.0.0.1" : L1;
        const answered = request(method, uri, wire.localPort, {
          To: "<sip:watcher@127.0.0.1>",
          Event: "dialog",
          Authorization: `Digest username="watcher", realm="lamplighter", nonce="abc", uri="${uri}", response="00000000000000000000000000000000", algorithm=MD5, qop=auth, nc=00000001, cnonce="x"`,
        });
        wire.send(answered);
        const answer = await wire.next();
        assert.equal(statusOf(answer), 401);
        assert.match(answer, /WWW-Authenticate: Digest .*MD5/);
        assert.match(answer, /WWW-Authenticate: Digest .*SHA-256/);
      }
      assert.deepEqual((await server.api("GET", "registrations")).json.items, []);
      assert.deepEqual((await server.api("GET", "subscriptions")).json.items, []);
    } finally {
      await wire.close();
      await server.stop();
    }
  });
});

describe("hostile words in a site", () => {
  it("reach the phone as they were written", async () => {
    const site = await mkdtemp(join(tmpdir(), "lamplighter-site-"));
    const label = `p&#65;ss &foo; "<'>]]> M\u00fcller`;
    await mkdir(site, { recursive: true });
    await writeFile(
      join(site, "site.yaml"),
      `lines:\n  T1: {}\nphones:\n  0004f2aabbcc: { label: ${JSON.stringify(label)}, secret: ${JSON.stringify(label)} }\n`,
    );
    const server = await ServerUnderTest.start({ site });
    try {
      const url = await server.provisioningUrl("0004F2AABBCC");
      const names = /CONFIG_FILES="([^"]*)"/.exec(await (await fetch(`${url}0004f2aabbcc.cfg`)).text())?.[1] ?? "";
      const file = await (await fetch(`${url}${names.split(",")[0] ?? ""}`)).text();
      const read = readXml(file);
      assert.ok(read.ok, file);
      const text = JSON.stringify(read.value);
      assert.ok(text.includes(JSON.stringify(label).slice(1, -1)), file);
    } finally {
      await server.stop();
      await rm(site, { recursive: true });
    }
  });
});
