import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashHex } from "#base/digest";
import { PublishingPeer } from "#test/support/publisher";
import { ServerUnderTest } from "#test/support/server";
import { headerIn, request, statusOf, udpWire, type Wire } from "#test/support/wire";

/*
 * A guesser, a phone and an admin. Each address of 127/8 is a source of its own.
 *
 *   127.0.0.3  wrong, wrong, wrong … ──▶ 401, 401, (slowly) 401 … silence     GET /bans, DELETE /bans/127.0.0.3
 *   127.0.0.4  right ─────────────────▶ 200
 */
const [USER, PASSWORD] = ["0000FFFF0005", "lamp5-secret"];
const GUESSER = "127.0.0.3";
const REGISTER = { Expires: "600" };

describe("a server among strangers", function () {
  this.timeout(60_000);
  let server: ServerUnderTest;
  let site: string;
  const open: Wire[] = [];

  before(async () => {
    site = await mkdtemp(join(tmpdir(), "lamplighter-site-"));
    await cp("test/fixtures/sites/alternate", site, { recursive: true });
    await limits("wrongPasswordsPerAccount: 6");
    server = await ServerUnderTest.start({ site, args: ["--log", "debug"] });
  });
  afterEach(async () => {
    for (const wire of open.splice(0)) await wire.close();
  });
  after(async () => {
    await server.stop();
    await rm(site, { recursive: true, force: true });
  });

  const limits = (text: string): Promise<void> => writeFile(join(site, "site.yaml"), `limits: { ${text} }\n`);
  const peer = async (host: string, password?: string, user = USER): Promise<PublishingPeer> => {
    const opened = await PublishingPeer.open(server.sipPort, password === undefined ? undefined : { user, password }, host);
    open.push(opened.wire);
    return opened;
  };
  const register = async (host: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
    statusOf(await (await peer(host, PASSWORD)).ask("REGISTER", "sip:127.0.0.1", { ...identity(), ...REGISTER, ...headers }));
  const identity = (user = USER): Record<string, string> => ({
    From: `<sip:${user}@127.0.0.1>;tag=a`,
    To: `<sip:${user}@127.0.0.1>`,
  });
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${server.url}/metrics`, { headers: { Connection: "close" } })).text();
    return Number(new RegExp(`^${name.replace(/[{}]/g, "\\$&")} (\\S+)$`, "m").exec(text)?.[1]);
  };

  it("shuts a guesser out, shows him, and lets him in again (T-47, G-11)", async () => {
    for (let guess = 0; guess < 6; guess += 1)
      assert.equal(
        statusOf(await (await peer(GUESSER, "wrong")).ask("REGISTER", "sip:127.0.0.1", { ...identity(), ...REGISTER })),
        401,
      );
    await assert.rejects(register(GUESSER), /no such message/, "nothing is answered, not even the right password");
    assert.equal(await register("127.0.0.4"), 200, "the account is open to others");
    const { json } = await server.api("GET", "bans");
    assert.deepEqual(
      json.items.map(({ source, account, times }: Record<string, unknown>) => [source, account, times]),
      [
        [GUESSER, USER, 1],
        [GUESSER, undefined, 1],
      ],
    );
    assert.ok(Date.parse(json.items[0].until) > Date.now() + 500_000);
    assert.equal(await metric("lamplighter_sip_bans"), 2);
    assert.ok((await metric('lamplighter_sip_dropped_total{reason="banned"}')) > 0);
    assert.equal((await server.api("DELETE", `bans/${GUESSER}`)).status, 204);
    assert.equal((await server.api("DELETE", `bans/${GUESSER}`)).status, 404);
    assert.equal(await register(GUESSER), 200);
  });

  it("answers known and unknown accounts alike (G-9, X-2)", async () => {
    const shapes = await Promise.all(
      [USER, "nobody"].map(async (user) => {
        const text = await (
          await peer("127.0.0.5", "wrong", user)
        ).ask("REGISTER", "sip:127.0.0.1", { ...identity(user), ...REGISTER });
        return text
          .replaceAll(user, "U")
          .replace(/127\.0\.0\.1:\d+/, "A")
          .replace(/(nonce="|tag=|branch=|Call-ID: |rport=)[^";\r]*/g, "$1");
      }),
    );
    assert.equal(shapes[0], shapes[1]);
  });

  it("answers to where a request came from, whatever Via says (X-9)", async () => {
    const [victim, liar] = [await udpWire(server.sipPort, "127.0.0.7"), await udpWire(server.sipPort, "127.0.0.8")];
    open.push(victim, liar);
    const via = `SIP/2.0/UDP 127.0.0.7:${victim.localPort};maddr=127.0.0.7;received=127.0.0.7;branch=z9hG4bKliar`;
    liar.send(request("OPTIONS", "sip:127.0.0.1", liar.localPort, { Via: via }));
    assert.match(headerIn(await liar.next(), "Via") ?? "", /received=127\.0\.0\.8/);
    await assert.rejects(victim.next(undefined, 100));
  });

  it("takes no contact where no device is, nor itself (X-4)", async () => {
    const own = `127.0.0.1:${server.sipPort}`;
    const at = (address: string): Promise<number> => register("127.0.0.9", { Contact: `<sip:a@${address}>` });
    for (const address of ["224.0.1.75", "255.255.255.255", "0.0.0.0", "[::]:5060", "192.0.2.1:0"])
      assert.equal(await at(address), 400, address);
    for (const address of [own, `localhost:${server.sipPort}`]) assert.equal(await at(address), 403, address);
    assert.equal(await at("192.0.2.1:5060"), 200);
  });

  it("takes limits over by reload", async () => {
    await limits("unauthenticatedBurst: 5, unauthenticatedPerSecond: 1, bodyBytes: 1024");
    assert.equal((await server.api("POST", "reload")).status, 200);
    const stranger = await udpWire(server.sipPort, "127.0.0.11");
    open.push(stranger);
    for (let count = 0; count < 10; count += 1) stranger.send(request("OPTIONS", "sip:127.0.0.1", stranger.localPort));
    for (let count = 0; count < 5; count += 1) assert.equal(statusOf(await stranger.next()), 200);
    await assert.rejects(stranger.next(undefined, 200));
    assert.equal(await register("127.0.0.4"), 200, "who has shown his password is not counted");
    const phone = await peer("127.0.0.4", PASSWORD);
    for (let count = 0; count < 20; count += 1) assert.equal(statusOf(await phone.ask("OPTIONS", "sip:127.0.0.1", {})), 200);
    assert.equal(statusOf(await phone.ask("PUBLISH", "sip:100@127.0.0.1", { Event: "dialog" }, "x".repeat(1025))), 413);
    await limits("wrongPasswordsPerAccount: 6");
    assert.equal((await server.api("POST", "reload")).status, 200);
  });

  it("writes no secret into its log, and one line a second of junk (X-22)", async () => {
    const watcher = await peer("127.0.0.12", "watch-secret", "watcher");
    assert.equal(
      statusOf(await watcher.ask("SUBSCRIBE", "sip:100@127.0.0.1", { ...identity("watcher"), Event: "dialog", Expires: "600" })),
      200,
    );
    const junk = await udpWire(server.sipPort, "127.0.0.13");
    open.push(junk);
    for (let count = 0; count < 50; count += 1) junk.send(`NOISE ${count} \u001b[2J\r\n\r\n`);
    junk.send(request("OPTIONS", "sip:127.0.0.1", junk.localPort));
    await junk.next();
    const lines = server.output.split("\n");
    const told = lines.filter((line) => line.includes('"127.0.0.13"')).length;
    assert.ok(told >= 1 && told <= 3, `${told} lines about 51 datagrams of junk`);
    assert.ok(lines.some((line) => line.includes("wrong password: shut out")));
    const realm = "lamplighter";
    const secrets = [
      PASSWORD,
      "watch-secret",
      "lamp6-secret",
      await server.token(),
      hashHex("MD5", `${USER}:${realm}:${PASSWORD}`),
      hashHex("SHA-256", `${USER}:${realm}:${PASSWORD}`),
      "Authorization",
      "response=",
      "nonce=",
      "\u001b[2J",
    ];
    for (const secret of secrets) assert.ok(!server.output.includes(secret), `the log holds ${secret}`);
  });
});
