import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimPhone } from "#sim/sim-phone";
import { dialogInfo, PublishingPeer } from "#test/support/publisher";
import { ServerUnderTest } from "#test/support/server";

/* An administrator takes a phone out of the site, or puts it into another context, while it watches its lamps. */
const MAC = "0000ffff0005";
const ACCOUNT = "[0000FFFF0005](desk-phone)\n";

describe("a reload that takes rights away", () => {
  let folder: string;
  let server: ServerUnderTest;
  let phone: SimPhone;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lamplighter-site-"));
    await cp("provisioning/sites/sample", folder, { recursive: true });
    server = await ServerUnderTest.start({ site: folder });
    phone = new SimPhone({ mac: MAC, provisioningUrl: await server.provisioningUrl(MAC) });
    await phone.start();
  });
  afterEach(async () => {
    await phone.stop();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const rewrite = async (account: string): Promise<void> => {
    const file = join(folder, "sip.conf");
    await writeFile(file, (await readFile(file, "utf8")).replace(ACCOUNT, account));
    assert.equal((await server.api("POST", "reload")).status, 200);
  };
  const subscriptions = async (): Promise<unknown[]> => (await server.api("GET", "subscriptions")).json.items;

  it("ends the subscriptions of an account that is gone, and its device is no longer idle", async () => {
    assert.equal((await subscriptions()).length, 2);
    assert.equal((await server.api("GET", "devices/SIP/0000FFFF0005")).json.state, "NOT_INUSE");
    await rewrite("");
    assert.deepEqual(await subscriptions(), []);
    const device = (await server.api("GET", "devices/SIP/0000FFFF0005")).json;
    assert.deepEqual(device.slots, []);
    assert.notEqual(device.state, "NOT_INUSE");
  });

  it("ends the subscriptions to hints that are in none of the account's contexts any more", async () => {
    await rewrite(`${ACCOUNT}context = elsewhere\n`);
    assert.deepEqual(await subscriptions(), []);
  });

  it("ends what an account published for a hint that is not its own any more", async () => {
    const rest = await readFile(join(folder, "extensions.conf"), "utf8");
    const write = (device: string): Promise<void> =>
      writeFile(join(folder, "extensions.conf"), `${rest}\n[desks]\nexten => 7000,hint,${device}\n`);
    await write("SIP/0000FFFF0005");
    await rewrite(`${ACCOUNT}context = desks\nsecret = s3cret\n`);
    const peer = await PublishingPeer.open(server.sipPort, { user: "0000FFFF0005", password: "s3cret" });
    const uri = "sip:7000@127.0.0.1";
    const tag = await peer.published({ uri, body: dialogInfo("confirmed", { entity: uri }) });
    const lamp = async (): Promise<string> => (await server.api("GET", "lamps/7000@desks")).json.state;
    assert.equal(await lamp(), "InUse");
    await write("SIP/0000FFFF0006");
    assert.equal((await server.api("POST", "reload")).status, 200);
    assert.notEqual(await lamp(), "InUse");
    assert.equal((await peer.publish({ uri, tag })).status, 403);
    await peer.wire.close();
  });

  it("leaves alone who keeps its rights", async () => {
    await rewrite(`${ACCOUNT}callerid = Desk <5>\n`);
    assert.equal((await subscriptions()).length, 2);
  });
});
