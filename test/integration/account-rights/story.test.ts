import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDigest } from "#sip/message/auth-header";
import { SimPhone } from "#sim/sim-phone";
import { ServerUnderTest } from "#test/support/server";
import { headerIn, request, statusOf, udpWire, type Wire } from "#test/support/wire";
import { authorization } from "../../unit/sip/auth/asking.ts";

/* Accounts of sip.conf and pjsip.conf that know their password, and what they may do all the same. */
const SIP = `[general]
realm = office
[phone](!)
secret = s3cret
context = desks
[inside](phone)
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.0/255.0.0.0
[outside](phone)
deny = 0.0.0.0/0
permit = 10.0.0.0/8
[gateway](phone)
host = 192.0.2.1
[blind](phone)
allowsubscribe = no
`;
const PJSIP = `[0000FFFF0005]
type = endpoint
auth = shared
aors = 0000FFFF0005
context = desks
[0000FFFF0006]
type = endpoint
auth = shared
aors = 0000FFFF0006
context = desks
[shared]
type = auth
username = ann
password = s3cret
[0000FFFF0005]
type = aor
max_contacts = 1
[0000FFFF0006]
type = aor
max_contacts = 1
`;
const EXTENSIONS = "[desks]\nexten => 100,hint,SIP/inside\n";

describe("what accounts may do", () => {
  let folder: string;
  let server: ServerUnderTest;
  let wire: Wire;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "lamplighter-site-"));
    await writeFile(join(folder, "sip.conf"), SIP);
    await writeFile(join(folder, "pjsip.conf"), PJSIP);
    await writeFile(join(folder, "extensions.conf"), EXTENSIONS);
    server = await ServerUnderTest.start({ site: folder });
    wire = await udpWire(server.sipPort);
  });

  after(async () => {
    await wire.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const ask = async (message: string): Promise<string> => {
    wire.send(message);
    const callId = headerIn(message, "Call-ID") ?? "";
    return wire.next((answer) => answer.startsWith("SIP/2.0") && answer.includes(callId));
  };

  /** The answer to a request of an account after its challenge. */
  const asAccount = async (account: string, method: "REGISTER" | "SUBSCRIBE", secret = "s3cret"): Promise<string> => {
    const uri = method === "REGISTER" ? "sip:127.0.0.1" : "sip:100@127.0.0.1";
    const headers = {
      From: `<sip:${account}@127.0.0.1>;tag=${account}`,
      To: method === "REGISTER" ? `<sip:${account}@127.0.0.1>` : `<${uri}>`,
      Contact: `<sip:${account}@127.0.0.1:${wire.localPort}>`,
      Expires: "600",
      ...(method === "REGISTER" ? {} : { Event: "dialog" }),
    };
    const challenge = await ask(request(method, uri, wire.localPort, headers));
    assert.equal(statusOf(challenge), 401);
    const parameters = parseDigest(headerIn(challenge, "WWW-Authenticate") ?? "");
    const { algorithm } = { algorithm: parameters?.get("algorithm") === "SHA-256" ? ("SHA-256" as const) : ("MD5" as const) };
    const answer = authorization({
      username: account,
      secret,
      realm: "office",
      nonce: parameters?.get("nonce") ?? "",
      method,
      uri,
      algorithm,
    });
    const Authorization = answer.slice(answer.indexOf(" ") + 1);
    return ask(request(method, uri, wire.localPort, { ...headers, Authorization }));
  };

  it("lets an account in from its own addresses", async () => {
    assert.equal(statusOf(await asAccount("inside", "REGISTER")), 200);
    assert.equal(statusOf(await asAccount("inside", "SUBSCRIBE")), 200);
  });

  it("refuses it from others, whatever it wants, and tells only who knows its password", async () => {
    for (const method of ["REGISTER", "SUBSCRIBE"] as const)
      assert.match(await asAccount("outside", method), /^SIP\/2\.0 403 Not from this address\r\n/);
    assert.equal(statusOf(await asAccount("outside", "REGISTER", "wrong")), 401);
    const { json } = await server.api("GET", "registrations");
    assert.doesNotMatch(JSON.stringify(json), /outside/);
  });

  it("lets nobody register who has a fixed host, nor subscribe who may not watch (X-5)", async () => {
    assert.equal(statusOf(await asAccount("gateway", "REGISTER")), 403);
    assert.equal(statusOf(await asAccount("gateway", "SUBSCRIBE")), 200);
    assert.equal(statusOf(await asAccount("blind", "SUBSCRIBE")), 403);
    assert.equal(statusOf(await asAccount("blind", "REGISTER")), 200);
  });

  it("knows phones of pjsip.conf by the digest user that their files hold, also when they share one", async () => {
    for (const mac of ["0000ffff0005", "0000ffff0006"]) {
      const phone = new SimPhone({ mac, provisioningUrl: await server.provisioningUrl(mac) });
      try {
        await phone.start();
        assert.equal((await server.api("GET", `devices/SIP/${mac.toUpperCase()}`)).json.state, "NOT_INUSE");
      } finally {
        await phone.stop();
      }
    }
  });
});
