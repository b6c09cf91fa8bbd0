import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type PeerCertificate, type TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { WebSocket } from "ws";
import { selfSigned } from "#app/self-signed";
import { systemRandom } from "#base/system-random";
import { DigestClient } from "#sip/auth/digest-client";
import { eventually } from "#test/support/eventually";
import { freePort } from "#test/support/free-port";
import { ServerUnderTest } from "#test/support/server";
import { headerIn, request, statusOf, wireOf, type Wire } from "#test/support/wire";

/*
 *   phone                        server
 *     |== TLS, own certificate ====|
 *     |-- SUBSCRIBE sips: -------->|
 *     |<-- NOTIFY on the same flow |
 *   SIGHUP with other files: new connections see them, old ones live on
 */
const KEY = "L1-0000FFFF0005_T1";
const OPENSSL_MAX_MS = 10_000;

describe("SIP inside TLS", () => {
  let server: ServerUnderTest;
  let port: number;
  let httpsPort: number;
  const sockets: TLSSocket[] = [];

  before(async () => {
    [port, httpsPort] = [await freePort(), await freePort()];
    server = await ServerUnderTest.start({
      site: "test/fixtures/sites/alternate",
      args: ["--sip", `tls:127.0.0.1:${port}`, "--https", `127.0.0.1:${httpsPort}`, "--domain", "pbx.example"],
    });
  });

  after(async () => {
    for (const socket of sockets) socket.destroy();
    await server.stop();
  });

  const ownCertificate = async (): Promise<string> => readFile(join(server.data, "tls-cert.pem"), "utf8");

  async function phone(): Promise<{ readonly wire: Wire; readonly certificate: PeerCertificate }> {
    const socket = connect({ host: "127.0.0.1", port, ca: await ownCertificate(), servername: "pbx.example" });
    sockets.push(socket);
    await once(socket, "secureConnect");
    return { wire: wireOf(socket), certificate: socket.getPeerCertificate() };
  }

  it("shows a certificate of its own that is good for its domain", async () => {
    const { certificate } = await phone();
    assert.match(certificate.subjectaltname ?? "", /DNS:pbx\.example/);
    assert.ok(server.output.includes(join(server.data, "tls-cert.pem")), server.output);
    assert.match(server.output, /tls:127\.0\.0\.1:\d+/);
  });

  it("serves a phone: NOTIFY comes over its connection, and sips stays sips (S-13)", async () => {
    const { wire } = await phone();
    const digest = new DigestClient({ user: "watcher", password: "watch-secret" }, systemRandom);
    const uri = `sips:${KEY}@pbx.example`;
    const ask = async (authorization: string): Promise<string> => {
      const contact = `<sips:watcher@192.0.2.9:${wire.localPort}>`;
      const text = request("SUBSCRIBE", uri, wire.localPort, {
        Event: "dialog",
        Expires: "600",
        Contact: contact,
        Authorization: authorization,
      });
      wire.send(text.replace("/UDP", "/TLS"));
      return wire.next((answer) => answer.startsWith("SIP/2.0"));
    };
    assert.ok(digest.accept([headerIn(await ask(""), "WWW-Authenticate") ?? ""], false));
    const answer = await ask(digest.answer("SUBSCRIBE", uri) ?? "");
    assert.equal(statusOf(answer), 200);
    assert.equal(headerIn(answer, "Contact"), `<sips:127.0.0.1:${port}>`);
    const notify = await wire.next((message) => message.startsWith("NOTIFY sips:watcher@192.0.2.9"));
    assert.match(headerIn(notify, "Via") ?? "", new RegExp(`^SIP/2\\.0/TLS 127\\.0\\.0\\.1:${port};`));
    assert.equal(headerIn(notify, "Contact"), `<sips:127.0.0.1:${port}>`);
    assert.match(notify, />terminated</);
  });

  it("speaks WebSocket on the port of HTTPS", async () => {
    const options = { ca: await ownCertificate(), servername: "pbx.example" };
    const webSocket = new WebSocket(`wss://127.0.0.1:${httpsPort}/sip`, "sip", options);
    await once(webSocket, "open");
    webSocket.send(request("OPTIONS", "sip:127.0.0.1", 1).replace("/UDP", "/WSS"));
    const [answer] = (await once(webSocket, "message")) as [Buffer];
    assert.match(answer.toString(), /^SIP\/2\.0 200 /);
    webSocket.terminate();
  });

  it("refuses TLS 1.1, and openssl is content with the rest (X-19)", async () => {
    const folder = join(server.data, "tls-cert.pem");
    const common = ["s_client", "-connect", `127.0.0.1:${port}`, "-servername", "pbx.example", "-CAfile", folder];
    const good = await openssl([...common, "-verify_return_error", "-verify_hostname", "pbx.example"]);
    assert.match(good, /Verify return code: 0 \(ok\)/);
    const old = await openssl([...common, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]);
    assert.doesNotMatch(old, /Cipher is (?!\(NONE\))/);
  });

  it("keeps its certificate over a restart", async () => {
    const before = await ownCertificate();
    await server.end("SIGTERM");
    await server.start();
    assert.equal(await ownCertificate(), before);
  });
});

describe("certificates from files", () => {
  it("are chosen by the host that the peer names, and read again on SIGHUP", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lamplighter-tls-"));
    const port = await freePort();
    const put = async (file: string, name: string): Promise<void> => {
      const { cert, key } = await selfSigned([name], Date.now(), systemRandom);
      await writeFile(join(folder, `${file}.crt`), cert);
      await writeFile(join(folder, `${file}.key`), key);
    };
    await put("a", "a.example");
    await put("b", "b.example");
    const flags = ["a", "b"].flatMap((file) => [
      "--tls-cert",
      join(folder, `${file}.crt`),
      "--tls-key",
      join(folder, `${file}.key`),
    ]);
    const server = await ServerUnderTest.start({ args: ["--sip", `tls:127.0.0.1:${port}`, ...flags] });
    const shown = async (servername?: string): Promise<string> => {
      const socket = connect({
        host: "127.0.0.1",
        port,
        rejectUnauthorized: false,
        ...(servername === undefined ? {} : { servername }),
      });
      await once(socket, "secureConnect");
      const name = String(socket.getPeerCertificate().subject.CN);
      socket.destroy();
      return name;
    };
    try {
      assert.equal(await shown("a.example"), "a.example");
      assert.equal(await shown("b.example"), "b.example");
      assert.equal(await shown("c.example"), "a.example");
      assert.equal(await shown(), "a.example");
      await put("a", "new.example");
      process.kill(server.pid, "SIGHUP");
      await eventually(async () => {
        assert.equal(await shown(), "new.example", server.output);
      }, OPENSSL_MAX_MS);
      assert.equal(await shown("new.example"), "new.example");
      await writeFile(join(folder, "b.key"), "no key");
      process.kill(server.pid, "SIGHUP");
      await eventually(() => {
        assert.match(server.output, /the certificates were not taken over/);
      });
      assert.equal(await shown("b.example"), "b.example");
    } finally {
      await server.stop();
      await rm(folder, { recursive: true });
    }
  });
});

/** What openssl prints; it ends because it has nothing to read. */
async function openssl(args: readonly string[]): Promise<string> {
  const child = promisify(execFile)("openssl", args, { timeout: OPENSSL_MAX_MS });
  child.child.stdin?.end();
  try {
    const { stdout, stderr } = await child;
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    return stdout + stderr;
  }
}
