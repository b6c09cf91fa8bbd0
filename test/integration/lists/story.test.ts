import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListPhone, readListNotify } from "#test/support/list-phone";
import { ServerUnderTest } from "#test/support/server";
import { answerTo, headerIn, request, statusOf, udpWire, type Wire } from "#test/support/wire";

/*
 * One subscription lights a whole phone (RFC 4662): 40 lamps over UDP, a change, a reload with other members, a restart by kill -9; and the
 * list of a phone's own keys.
 */
const FORTY = Array.from({ length: 40 }, (_, at) => String(300 + at));

const siteText = (members: readonly string[]): string => `lines: [T1, T2]
phones: { 0000ffff0005: { label: Reception } }
hints: { ${FORTY.map((extension) => `"${extension}": "Custom:${extension}"`).join(", ")} }
lists:
  office: [${members.map((extension) => `"${extension}"`).join(", ")}]
  everybody: [{ list: office }]
`;

describe("a phone with a list", () => {
  let server: ServerUnderTest;
  let site: string;
  let phone: Wire;
  before(async () => {
    site = await mkdtemp(join(tmpdir(), "lamplighter-site-"));
    await writeFile(join(site, "site.yaml"), siteText(FORTY));
    server = await ServerUnderTest.start({ site, args: ["--trust", "127.0.0.1/32"] });
    phone = await udpWire(server.sipPort);
  });
  after(async () => {
    await phone.close();
    await server.stop();
    await rm(site, { recursive: true, force: true });
  });

  const subscribe = async (name: string, headers: Readonly<Record<string, string>> = {}): Promise<string> => {
    const text = request("SUBSCRIBE", `sip:${name}@127.0.0.1:${server.sipPort}`, phone.localPort, {
      Event: "dialog",
      Expires: "3600",
      Supported: "eventlist",
      Accept: "application/dialog-info+xml, application/rlmi+xml, multipart/related",
      ...headers,
    });
    phone.send(text);
    return phone.next((message) => message.startsWith("SIP/2.0"));
  };

  /** Takes and acknowledges NOTIFYs until `isDone`. */
  const follow = async (keys: ListPhone, isDone: () => boolean, mayGap = false): Promise<void> => {
    while (!isDone()) {
      const notify = await phone.next((message) => message.startsWith("NOTIFY "), 5000);
      assert.ok(notify.length <= 1300, `${notify.length} bytes`);
      assert.equal(headerIn(notify, "Require"), "eventlist");
      phone.send(answerTo(notify));
      const body = notify.slice(notify.indexOf("\r\n\r\n") + 4);
      keys.take(readListNotify(headerIn(notify, "Content-Type") ?? "", body), mayGap);
    }
  };
  const showing = (keys: ListPhone, extension: string): string | undefined =>
    [...keys.keys].find(([uri]) => uri.startsWith(`sip:${extension}@`))?.[1].shows;

  it("sees 40 lamps, each change, a reload and a restart (T-36, L-5 to L-10)", async function () {
    this.timeout(30_000);
    const keys = new ListPhone();
    const answer = await subscribe("everybody");
    assert.equal(statusOf(answer), 200);
    assert.equal(headerIn(answer, "Require"), "eventlist");
    await follow(keys, () => keys.keys.size === 40);
    assert.deepEqual(
      [...keys.keys.keys()].map((uri) => uri.slice(4, 7)),
      FORTY,
    );
    await server.api("PUT", "devices/Custom:307", { state: "RINGING" });
    await follow(keys, () => showing(keys, "307") === "early");

    await writeFile(join(site, "site.yaml"), siteText(["307", "300"]));
    const reload = await server.api("POST", "reload");
    assert.deepEqual([reload.status, reload.json.diff.lists.changed], [200, ["office"]]);
    await follow(keys, () => keys.keys.size === 2 && showing(keys, "300") !== undefined && showing(keys, "307") === "early");
    await server.api("PUT", "devices/Custom:300", { state: "INUSE" });
    await follow(keys, () => showing(keys, "300") === "confirmed");

    await server.end("SIGKILL");
    await server.start();
    await server.api("PUT", "devices/Custom:300", { state: "NOT_INUSE" });
    await follow(keys, () => showing(keys, "300") === "terminated" && showing(keys, "307") === "early", true);
    assert.equal((await server.api("GET", "subscriptions")).json.items.length, 1);
  });

  it("has a list of its own keys, and needs eventlist for it (L-1, L-2)", async () => {
    assert.equal(statusOf(await subscribe("keys-0000ffff0005", { Supported: "" })), 421);
    assert.equal(statusOf(await subscribe("keys-0000ffff0005", { Accept: "application/dialog-info+xml" })), 406);
    assert.equal(statusOf(await subscribe("keys-0000ffff0006")), 404);
    const keys = new ListPhone();
    assert.equal(statusOf(await subscribe("keys-0000ffff0005")), 200);
    await follow(keys, () => keys.keys.size === 2);
    assert.match([...keys.keys.keys()][0] ?? "", /^sip:L1-0000[fF]{4}0005_T1@/);
  });
});
