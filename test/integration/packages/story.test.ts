import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResyncJson } from "#admin/ports";
import { PublishingPeer } from "#test/support/publisher";
import { ServerUnderTest } from "#test/support/server";
import { lamplighter } from "../import/run-lamplighter.ts";
import { headerIn, statusOf } from "#test/support/wire";

const SITE = `
accounts:
  alice: { secret: alice-secret, mailbox: "100@default,200@default" }
  bob: { secret: bob-secret, profile: strict }
  carol: { secret: carol-secret, unsolicitedMwi: yes, profile: yealink }
phones:
  0000ffff0007: { accounts: [carol] }
hints: { "300": [SIP/bob] }
`;

/**
 * A phone watches what is its own: its mailboxes and its registration. The API and a server beside us say how many messages there are; a
 * restart forgets nothing. Nobody sees what is another's.
 */
describe("story: packages of one's own", () => {
  let folder: string;
  let server: ServerUnderTest;
  const peers: PublishingPeer[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "lamplighter-packages-"));
    await writeFile(join(folder, "site.yaml"), SITE);
    server = await ServerUnderTest.start({ site: folder, args: ["--trust", "127.0.0.9/32"] });
  });

  after(async () => {
    await Promise.all(peers.map(({ wire }) => wire.close()));
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function phone(user: string): Promise<PublishingPeer> {
    const peer = await PublishingPeer.open(server.sipPort, { user, password: `${user}-secret` });
    peers.push(peer);
    return peer;
  }

  async function trusted(): Promise<PublishingPeer> {
    const peer = await PublishingPeer.open(server.sipPort, undefined, "127.0.0.9");
    peers.push(peer);
    return peer;
  }

  const subscribe = (peer: PublishingPeer, user: string, event: string, accept: string): Promise<string> =>
    peer.ask("SUBSCRIBE", `sip:${user}@127.0.0.1`, { Event: event, Accept: accept, Expires: "600" });

  const MWI = ["message-summary", "application/simple-message-summary"] as const;

  it("message-summary: the counts of all its boxes, from the API and from a server beside us, over a restart (E-6)", async () => {
    const alice = await phone("alice");
    assert.equal(statusOf(await subscribe(alice, "alice", ...MWI)), 200);
    assert.match(
      await alice.notifiedText(),
      /\r\n\r\nMessages-Waiting: no\r\nMessage-Account: sip:alice@127.0.0.1\r\nVoice-Message: 0\/0 \(0\/0\)\r\n$/,
    );
    const put = await server.api("PUT", "mailboxes/100", { new: 2, old: 8, urgentOld: 2 });
    assert.deepEqual([put.status, put.json.mailbox, put.json.source, put.json.accounts], [200, "100@default", "api", ["alice"]]);
    assert.match(await alice.notifiedText(), /Messages-Waiting: yes\r\n.*\r\nVoice-Message: 2\/8 \(0\/2\)\r\n$/);

    const asterisk = await trusted();
    const said = { type: "mailboxstate", uniqueid: "200@default", old: 1, new: 3, eid: "52:54:00:ab:cd:ef" };
    const published = await asterisk.publish({ event: "asterisk-mwi", body: JSON.stringify(said) });
    assert.equal(published.status, 200);
    assert.match(await alice.notifiedText(), /Voice-Message: 5\/9 \(0\/2\)/);

    await server.end("SIGKILL");
    await server.start();
    assert.match(await alice.notifiedText(10_000), /Voice-Message: 5\/9 \(0\/2\)/);
    const taken = await server.api("DELETE", "mailboxes/100%40default");
    assert.deepEqual([taken.status, taken.json.new, taken.json.source], [200, 0, "none"]);
    assert.match(await alice.notifiedText(), /Voice-Message: 3\/1 \(0\/0\)/);
  });

  it("message-summary: others' boxes are as unknown ones (design §9.10)", async () => {
    const bob = await phone("bob");
    for (const user of ["alice", "100", "200@default", "nobody"])
      assert.equal(statusOf(await subscribe(bob, encodeURIComponent(user), ...MWI)), 404, user);
    assert.equal(statusOf(await subscribe(bob, "bob", "message-summary", "application/pidf+xml")), 406);
    const anybody = await trusted();
    assert.equal(statusOf(await subscribe(anybody, "100", ...MWI)), 200);
  });

  it("mailboxes: what does not fit is told", async () => {
    for (const [body, status] of [
      [{ new: -1 }, 422],
      [{ new: 1, urgentNew: 2 }, 422],
      [{ new: 1, colour: "red" }, 422],
      [{ new: 1.5 }, 422],
    ] as const)
      assert.equal((await server.api("PUT", "mailboxes/100", body)).status, status, JSON.stringify(body));
    assert.equal((await server.api("GET", "mailboxes/nobody")).status, 404);
    assert.equal((await server.api("PUT", "mailboxes/a%0d%0ab", { new: 1 })).status, 422);
    const { json } = await server.api("GET", "mailboxes");
    assert.deepEqual(
      json.items.map(({ mailbox }: { mailbox: string }) => mailbox),
      ["100@default", "200@default", "bob@default", "carol@default"],
    );
  });

  it("reg: its own registration, as it comes and goes (E-8)", async () => {
    const bob = await phone("bob");
    const REG = ["reg", "application/reginfo+xml"] as const;
    assert.equal(statusOf(await subscribe(bob, "alice", ...REG)), 404);
    assert.equal(statusOf(await subscribe(bob, "bob", ...REG)), 200);
    const first = await bob.notifiedText();
    assert.match(first, /<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="0" state="full">/);
    assert.match(first, /<registration aor="sip:bob@127.0.0.1" id="r1" state="init"\/>/);
    const contact = `<sip:bob@127.0.0.1:${bob.wire.localPort};x=%22&y>`;
    const register = (expires: string): Promise<string> =>
      bob.ask("REGISTER", "sip:127.0.0.1", {
        From: "<sip:bob@127.0.0.1>;tag=r",
        To: "<sip:bob@127.0.0.1>",
        Contact: contact,
        Expires: expires,
      });
    assert.equal(statusOf(await register("600")), 200);
    const active = await bob.notifiedText();
    assert.match(active, /state="active" event="registered" duration-registered="0" expires="(59\d|600)"/);
    assert.match(active, /&amp;/);
    assert.equal(statusOf(await register("0")), 200);
    assert.match(await bob.notifiedText(), /<registration [^>]*state="terminated"><contact [^>]*event="unregistered"/);
  });

  it("presence: XPIDF when nothing else is accepted (E-4); dialog: in the profile that the site gives", async () => {
    const bob = await phone("bob");
    const answer = await subscribe(bob, "300", "presence", "application/xpidf+xml");
    assert.equal(statusOf(answer), 200);
    const notify = await bob.notifiedText();
    assert.equal(headerIn(notify, "Content-Type"), "application/xpidf+xml");
    assert.match(notify, /<msnsubstatus substatus="(online|offline)"\/>/);
    const publisher = await trusted();
    await bob.watch("sip:300@127.0.0.1");
    const caller = '<remote><identity display="Anna">sip:anna@h</identity></remote>';
    const body = `<dialog-info><dialog id="x" direction="recipient"><state>early</state>${caller}</dialog></dialog-info>`;
    assert.equal((await publisher.publish({ uri: "sip:300@127.0.0.1", body })).status, 200);
    const texts = [await bob.notifiedText(), await bob.notifiedText()];
    assert.ok(
      texts.some((text) => text.includes('display-name="Anna"')),
      texts.join("\n\n"),
    );
  });

  const registerCarol = async (carol: PublishingPeer, expires = "600"): Promise<void> => {
    const answer = await carol.ask("REGISTER", "sip:127.0.0.1", {
      From: "<sip:carol@127.0.0.1>;tag=c",
      To: "<sip:carol@127.0.0.1>",
      Contact: `<sip:carol@127.0.0.1:${carol.wire.localPort}>`,
      Expires: expires,
      Event: "",
    });
    assert.equal(statusOf(answer), 200);
  };

  it("a phone that only listens is told of messages after REGISTER and at changes, until it subscribes (E-7)", async () => {
    const carol = await phone("carol");
    await registerCarol(carol);
    const first = await carol.notifiedText();
    assert.equal(headerIn(first, "Event"), "message-summary");
    assert.equal(headerIn(first, "Subscription-State"), "active", "as its family wants it");
    assert.match(first, /Voice-Message: 0\/0 \(0\/0\)\r\n$/);
    assert.equal((await server.api("PUT", "mailboxes/carol", { new: 1 })).status, 200);
    assert.match(await carol.notifiedText(), /Messages-Waiting: yes/);
    assert.equal(statusOf(await subscribe(carol, "carol", ...MWI)), 200);
    assert.match(await carol.notifiedText(), /Subscription-State: active;expires=\d+\r\n/);
    assert.equal((await server.api("PUT", "mailboxes/carol", { new: 2 })).status, 200);
    assert.match(await carol.notifiedText(), /Subscription-State: active;expires=\d+\r\n/);
    await assert.rejects(carol.notifiedText(300), "once, not twice");
    await registerCarol(carol, "0");
  });

  it("a phone is asked to read its configuration again, as its family wants it, and its challenge is answered (presence.md §2.11)", async () => {
    const carol = await phone("carol");
    await registerCarol(carol);
    const isCheckSync = (text: string): boolean => text.startsWith("NOTIFY") && text.includes("Event: check-sync");
    const asked = server.api("POST", "phones/00:00:FF:FF:00:07/resync");
    const first = await carol.wire.next(isCheckSync);
    assert.equal(headerIn(first, "Event"), "check-sync;reboot=false");
    assert.equal(headerIn(first, "Subscription-State"), "terminated");
    assert.equal(headerIn(first, "Authorization"), undefined);
    carol.answer(first, "401 Unauthorized", ['WWW-Authenticate: Digest realm="lamplighter", nonce="n", qop="auth"']);
    const second = await carol.wire.next(isCheckSync);
    assert.match(headerIn(second, "Authorization") ?? "", /username="carol", realm="lamplighter"/);
    assert.equal(headerIn(second, "Call-ID"), headerIn(first, "Call-ID"));
    carol.answer(second, "200 OK");
    const { status, json } = await asked;
    assert.equal(status, 200);
    const mine = (json as { contacts: readonly ResyncJson[] }).contacts.filter(({ contact }) =>
      contact.includes(`:${carol.wire.localPort}`),
    );
    assert.deepEqual(
      mine.map(({ account, event, outcome, status: code }) => [account, event, outcome, code]),
      [["carol", "check-sync;reboot=false", "answered", 200]],
    );
    assert.equal((await server.api("POST", "phones/0000ffff0099/resync")).status, 404);
    await registerCarol(carol, "0");
    assert.deepEqual((await server.api("POST", "phones/0000ffff0007/resync")).json.contacts, [], "it is not registered");
    const command = await lamplighter("phone", "resync", "0000ffff0007", "--data", server.data);
    assert.deepEqual([command.code, /not registered/.test(command.err)], [1, true], command.err);
    await registerCarol(carol);
    const printed = lamplighter("phone", "resync", "0000FFFF0007", "--data", server.data);
    carol.answer(await carol.wire.next(isCheckSync, 10_000), "200 OK");
    const { code, out } = await printed;
    assert.equal(code, 0);
    assert.match(out, /^carol sip:carol@127\.0\.0\.1:\d+ check-sync;reboot=false: 200 OK$/m);
    await registerCarol(carol, "0");
  });

  it("a challenge of another realm is not answered (X-7)", async () => {
    const carol = await phone("carol");
    await registerCarol(carol);
    const asked = server.api("POST", "phones/0000ffff0007/resync");
    const isCheckSync = (text: string): boolean => text.startsWith("NOTIFY") && text.includes("Event: check-sync");
    carol.answer(await carol.wire.next(isCheckSync), "401 Unauthorized", ['WWW-Authenticate: Digest realm="bank", nonce="n"']);
    const { json } = await asked;
    const mine = json.contacts.find(({ contact }: { contact: string }) => contact.includes(`:${carol.wire.localPort}`));
    assert.equal(mine.outcome, "challenged");
  });

  it("as-feature-event: do not disturb and forwards are the same on all phones of a user, by key and by API (presence.md §2.10)", async () => {
    const [desk, hall] = [await phone("bob"), await phone("bob")];
    const TYPE = "application/x-as-feature-event+xml";
    const FEATURES = ["as-feature-event", TYPE] as const;
    for (const peer of [desk, hall]) {
      assert.equal(statusOf(await subscribe(peer, "bob", ...FEATURES)), 200);
      const whole = await peer.notifiedText();
      assert.match(headerIn(whole, "Content-Type") ?? "", /^multipart\/mixed;boundary=/);
      assert.equal(
        whole.match(/<ForwardingEvent xmlns="http:\/\/www.ecma-international.org\/standards\/ecma-323\/csta\/ed3">/g)?.length,
        3,
      );
      assert.match(whole, /<device>bob<\/device><doNotDisturbOn>false<\/doNotDisturbOn>/);
    }
    const press = (body: string, user = "bob"): Promise<string> =>
      desk.ask(
        "SUBSCRIBE",
        `sip:${user}@127.0.0.1`,
        { Event: "as-feature-event", Accept: TYPE, Expires: "600", "Content-Type": TYPE },
        body,
      );
    const command = (name: string, inside: string): string =>
      `<?xml version="1.0"?><${name} xmlns="http://www.ecma-international.org/standards/ecma-323/csta/ed3"><device/>${inside}</${name}>`;
    assert.equal(statusOf(await press(command("SetDoNotDisturb", "<doNotDisturbOn>true</doNotDisturbOn>"))), 200);
    const told = await hall.notifiedText();
    assert.equal(headerIn(told, "Content-Type"), TYPE, "one alone");
    assert.match(told, /<doNotDisturbOn>true</);
    const tooFast = await press(command("SetDoNotDisturb", "<doNotDisturbOn>false</doNotDisturbOn>"));
    assert.equal(`${statusOf(tooFast)} ${headerIn(tooFast, "Retry-After")}`, "503 1");

    const noAnswer = { active: true, target: '<"&\u00fc', ringCount: 4 };
    assert.equal((await server.api("PUT", "accounts/bob/features", { forwardNoAns: noAnswer })).status, 422);
    const put = await server.api("PUT", "accounts/bob/features", { forwardNoAns: { ...noAnswer, target: "555&\u00fc" } });
    assert.equal(put.status, 200);
    const both = await hall.notifiedText();
    assert.match(both, /<doNotDisturbOn>false<.*<forwardTo>555&amp;\u00c3\u00bc<\/forwardTo><ringCount>4</s);
    await server.end("SIGKILL");
    await server.start();
    assert.equal((await server.api("GET", "accounts/bob/features")).json.forwardNoAns.target, "555&\u00fc");

    for (const [body, status] of [
      [command("SetForwarding", "<forwardingType>forwardBusy</forwardingType><activateForward>true</activateForward>"), 400],
      [command("SetForwarding", "<forwardingType>forwardSometimes</forwardingType><activateForward>1</activateForward>"), 400],
      [
        command(
          "SetForwarding",
          "<forwardingType>forwardBusy</forwardingType><activateForward>1</activateForward><forwardDN>a&#13;&#10;b</forwardDN>",
        ),
        400,
      ],
      ['<!DOCTYPE x [<!ENTITY e "e">]><SetDoNotDisturb/>', 400],
      ["not xml", 400],
    ] as const)
      assert.equal(statusOf(await press(body)), status, body);
    assert.equal(statusOf(await press(command("SetDoNotDisturb", "<doNotDisturbOn>true</doNotDisturbOn>"), "alice")), 404);
    const dialog = await desk.ask("SUBSCRIBE", "sip:300@127.0.0.1", { Event: "dialog", "Content-Type": TYPE }, "x");
    assert.equal(statusOf(dialog), 415, "others take no body");
    assert.equal((await server.api("GET", "accounts/nobody/features")).status, 404);
  });
});
