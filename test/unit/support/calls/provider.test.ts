import assert from "node:assert/strict";
import { CallingPhone } from "#test/support/calls/calling-phone";
import { Provider, type ProviderParts } from "#test/support/calls/provider";
import { statusOf } from "#test/support/wire";

const [PHONE, CITY, TONE] = [440, 1000, 700];
const ACCOUNT = { user: "office", password: "pass-of-the-office" };

describe("Provider", () => {
  const open: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.stop();
  });

  async function both(parts: ProviderParts = {}, password = ACCOUNT.password): Promise<[Provider, CallingPhone]> {
    const provider = await Provider.open({ accounts: { [ACCOUNT.user]: ACCOUNT.password }, voice: CITY, ...parts });
    open.push(provider);
    const phone = await CallingPhone.open({ user: ACCOUNT.user, password, port: provider.port, voice: PHONE });
    open.push(phone);
    provider.serves(phone.localPort);
    return [provider, phone];
  }

  it("registers whoever knows the password, until he goes", async () => {
    const [{ registrar }, phone] = await both();
    await phone.register();
    assert.deepEqual(await registrar.untilRegistered("office"), {
      contact: `sip:office@127.0.0.1:${phone.localPort}`,
      seconds: 600,
    });
    await phone.register(0);
    await registrar.untilGone("office");
  });

  it("refuses whoever does not, and short registrations", async () => {
    const [, stranger] = await both({}, "wrong");
    await assert.rejects(stranger.register(), / 401 /);
    const [{ registrar }, phone] = await both();
    registrar.minSeconds = 1000;
    await assert.rejects(phone.register(), /423 [^]*Min-Expires: 1000/);
    registrar.refusal = "403 Forbidden";
    await assert.rejects(phone.register(), / 403 /);
  });

  it("takes a call: what was dialled and by whom, sound both ways, digits, its hang-up", async () => {
    const [provider, phone] = await both({ script: { kind: "answer", ringMs: 30 }, challengesCalls: true });
    const { call, final } = await phone.call(`sip:5550100@127.0.0.1:${provider.port}`, {
      headers: { "P-Asserted-Identity": '"Front desk" <sip:100@office.example>' },
    });
    const taken = await provider.next();
    assert.equal(statusOf(await final), 200);
    assert.ok(call.answers.some((answer) => statusOf(answer) === 180));
    assert.equal(taken.asked.user, "5550100");
    assert.equal(taken.asked.identity, '"Front desk" <sip:100@office.example>');
    assert.deepEqual(taken.asked.sound?.codecs, ["PCMU", "PCMA"]);
    await taken.sound.untilHears([PHONE]);
    await call.sound.untilHears([CITY]);
    call.sound.press("42");
    await taken.sound.untilDigits("42");
    assert.equal(statusOf(await taken.bye()), 200);
    await call.hungUp();
  });

  it("plays a tone before the answer", async () => {
    const [provider, phone] = await both();
    provider.scripts.set("1", { kind: "early", tone: TONE, forMs: 600, then: "answer" });
    const { call, final } = await phone.call("sip:1@provider");
    await call.sound.untilHears([TONE]);
    assert.ok(call.answers.every((answer) => statusOf(answer) === 183));
    await final;
    await call.sound.untilHears([CITY]);
    provider.scripts.set("2", { kind: "early", tone: TONE, forMs: 10, then: { status: "404 Not Found" } });
    assert.equal(statusOf(await (await phone.call("sip:2@provider")).final), 404);
  });

  it("refuses, keeps silent, rings until it is taken back", async () => {
    const [provider, phone] = await both({ script: { kind: "refuse", status: "503 Service Unavailable" } });
    assert.equal(statusOf(await (await phone.call("sip:1@provider")).final), 503);
    provider.scripts.set("2", { kind: "ring" });
    const { call, final } = await phone.call("sip:2@provider");
    await provider.next();
    const rung = await provider.next();
    await phone.cancel(call, 'SIP;cause=200;text="completed elsewhere"');
    assert.equal(statusOf(await final), 487);
    assert.match(await rung.cancelledWith(), /completed elsewhere/);
    assert.ok(rung.isOver);
    provider.scripts.set("3", { kind: "silence" });
    const { call: unheard } = await phone.call("sip:3@provider");
    await provider.next();
    assert.deepEqual(unheard.answers, []);
  });

  it("calls in with and without its number", async () => {
    const [provider, phone] = await both();
    const { call, final } = await provider.call("s", { number: "5550111", name: "Ann" });
    const open = await phone.rings();
    assert.equal(open.asked.user, "s");
    assert.match(open.asked.from, /^"Ann" <sip:5550111@127\.0\.0\.1:\d+>;tag=/);
    open.accept();
    assert.equal(statusOf(await final), 200);
    await call.sound.untilHears([PHONE]);
    await open.sound.untilHears([CITY]);
    await call.bye();
    await open.hungUp();
    await provider.call("s", { number: "5550111", privacy: "id" });
    const hidden = await phone.rings();
    assert.match(hidden.asked.from, /anonymous\.invalid/);
    assert.match(hidden.asked.identity ?? "", /5550111/);
    assert.equal(hidden.asked.privacy, "id");
    await provider.call("s", { number: "5550111", privacy: "unknown" });
    assert.doesNotMatch((await phone.rings()).invite, /5550111/);
  });
});
