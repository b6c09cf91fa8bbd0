import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { needsProgram } from "#test/support/foreign-program";
import { freePort } from "#test/support/free-port";
import { startRedis } from "#test/support/redis";
import { stopAfterEach } from "#test/support/stop-after-each";
import { ACL_LINE, commitOf, openAt, put, Recorder } from "./harness.ts";

/** Ways in: a user with few rights, TLS, the protocol's versions. */
describe("store redis, access", function () {
  this.timeout(20_000);
  const started = stopAfterEach();

  it("needs no more rights than the user of the README has", async () => {
    const redis = started(await startRedis());
    const admin = new Redis(redis.url);
    started({ stop: () => admin.quit() });
    await admin.call("ACL", ...ACL_LINE.split(" ").slice(1));
    const url = `redis://lamplighter:PASSWORD@127.0.0.1:${redis.port}`;
    await useEverything(url);
    assert.deepEqual(await refusals(admin), [], "something was refused");
    const client = new Redis(url);
    started({ stop: () => client.quit() });
    for (const forbidden of [["FLUSHALL"], ["CONFIG", "GET", "*"], ["KEYS", "*"], ["GET", "other"], ["PUBLISH", "other", "x"]])
      await assert.rejects(client.call(forbidden[0] ?? "", ...forbidden.slice(1)), /NOPERM/, forbidden.join(" "));
  });

  it("names what a user may not do", async () => {
    const redis = started(await startRedis());
    const admin = new Redis(redis.url);
    started({ stop: () => admin.quit() });
    await admin.call("ACL", "SETUSER", "narrow", "on", ">p", "~lamplighter:*", "resetchannels", "+@all", "-evalsha", "-eval");
    await assert.rejects(
      openAt(`redis://narrow:p@127.0.0.1:${redis.port}`).then((store) => started(store).readAll("c")),
      {
        code: "store-unreachable",
        message: /NOPERM.*eval/,
      },
    );
  });

  it("speaks TLS to a server that wants a certificate of ours, and to none that it does not trust", async function () {
    needsProgram(this, "openssl", "openssl");
    const folder = mkdtempSync(join(tmpdir(), "lamplighter-tls-"));
    started({
      stop: () => {
        rmSync(folder, { recursive: true });
      },
    });
    const { certFile, keyFile } = makeCertificate(folder);
    const port = await freePort();
    const files = ["--tls-cert-file", certFile, "--tls-key-file", keyFile, "--tls-ca-cert-file", certFile];
    started(await startRedis(["--tls-port", String(port), "--tls-auth-clients", "yes", ...files]));
    const url = `rediss://127.0.0.1:${port}`;
    await useEverything(`${url}?ca=${certFile}&cert=${certFile}&key=${keyFile}`);
    await assert.rejects(openAt(url), { code: "store-unreachable", message: /certificate/ });
    await assert.rejects(openAt(`${url}?ca=${certFile}`), { code: "store-unreachable" });
    await assert.rejects(openAt(`${url}?ca=${folder}/none.pem`), { code: "store-unknown", message: /ca: ENOENT/ });
  });

  it("falls back to RESP2 where HELLO is not known", async () => {
    const redis = started(await startRedis(["--rename-command", "HELLO", ""]));
    await useEverything(redis.url);
  });

  /** Each operation of the store at least once. */
  async function useEverything(url: string): Promise<void> {
    const store = started(await openAt(url));
    const seen = new Recorder();
    await store.watch("c", seen.listener);
    const lease = await store.leases.acquire("c", "a", "me", 10_000);
    await store.leases.acquire("c", "a", "me", 10_000);
    const fence = { holder: "me", epoch: lease.epoch };
    const timers = [
      { name: "t", dueAt: 1 },
      { name: "u", dueAt: 2 },
    ];
    await store.commit(commitOf("c", "a", { fence, timers, outbox: ["x"] }));
    await store.commit(commitOf("c", "a", { value: "w", timers: [{ name: "u", dueAt: null }] }));
    await seen.until("a", "w");
    assert.equal((await store.read("c", "a"))?.value, "w");
    assert.equal((await store.readAll("c")).length, 1);
    assert.equal((await store.timers.claimDue("c", 9, 1, 9)).length, 1);
    const entries = await store.outbox.read("c", 9);
    await store.outbox.acknowledge(
      "c",
      entries.map(({ entryId }) => entryId),
    );
    assert.deepEqual(await store.outbox.read("c", 9), []);
    await store.leases.release("c", "a", "me");
    await put(store, "c", "a", null);
    await seen.until("a", undefined);
    await store.tryWrite();
  }
});

/** For both sides: one that we make for listeners is a server's only. */
function makeCertificate(folder: string): { readonly certFile: string; readonly keyFile: string } {
  const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const kind = [
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "1",
    "-subj",
    "/CN=redis",
    "-addext",
    "subjectAltName=IP:127.0.0.1",
  ];
  execFileSync("openssl", ["req", ...kind, "-keyout", keyFile, "-out", certFile], { stdio: "ignore" });
  return { certFile, keyFile };
}

/** What the server refused for want of rights since it started. */
async function refusals(admin: Redis): Promise<unknown[]> {
  return (await admin.call("ACL", "LOG")) as unknown[];
}
