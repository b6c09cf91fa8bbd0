import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Certificates } from "#app/certificates";
import { selfSigned } from "#app/self-signed";
import { quietLog } from "#base/log";
import { FakeClock } from "#test/support/fake-clock";
import { SeededRandom } from "#test/support/seeded-random";

const YEAR_MS = 365.25 * 24 * 3600 * 1000;

describe("a certificate of our own", () => {
  it("is good for its names and addresses, and for nothing else", async () => {
    const names = ["pbx.example", "192.0.2.7", "2001:db8::7", "::1", "fe80::1:2:3:4", "a-b.c"];
    const now = Date.UTC(2026, 10, 5, 12);
    const { cert, key } = await selfSigned(names, now, new SeededRandom());
    const x509 = new X509Certificate(cert);
    for (const name of names) assert.ok((x509.checkHost(name) ?? x509.checkIP(name)) !== undefined, name);
    assert.equal(x509.checkHost("evil.example"), undefined);
    assert.equal(x509.checkIP("192.0.2.8"), undefined);
    assert.ok(x509.verify(x509.publicKey));
    assert.equal(x509.subject, "CN=pbx.example");
    assert.ok(Date.parse(x509.validFrom) < now);
    assert.ok(Math.abs(Date.parse(x509.validTo) - now - 10 * YEAR_MS) < YEAR_MS / 100);
    assert.match(key, /^-----BEGIN PRIVATE KEY-----/);
  });

  it("has a proper serial number and time whatever the random bytes and the century", async () => {
    const random = Object.assign(new SeededRandom(), { bytes: () => new Uint8Array(16) });
    for (const year of [2026, 2041]) {
      const { cert } = await selfSigned(["x"], Date.UTC(year, 0, 1), random);
      const x509 = new X509Certificate(cert);
      assert.equal(x509.serialNumber, `40${"00".repeat(15)}`);
      assert.equal(new Date(x509.validTo).getUTCFullYear(), year + 10);
    }
  });
});

describe("the certificates of a server", () => {
  let data: string;
  const clock = new FakeClock();
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), "lamplighter-certificates-"));
  });
  afterEach(async () => {
    await rm(data, { recursive: true });
  });

  const load = async (names: readonly string[], later = 0): Promise<string> => {
    const parts = { files: [], data, names, random: new SeededRandom(), log: quietLog };
    const certificates = await Certificates.load({ ...parts, clock: { now: () => clock.now() + later } });
    assert.equal(certificates.ownFile, join(data, "tls-cert.pem"));
    return readFile(join(data, "tls-cert.pem"), "utf8");
  };

  it("are made once, and the key is for nobody else's eyes", async () => {
    const first = await load(["pbx.example"]);
    assert.equal(await load(["pbx.example"]), first);
    assert.equal((await stat(join(data, "tls-key.pem"))).mode & 0o777, 0o600);
  });

  it("are made anew for another name, shortly before their end, and when the two files do not fit", async () => {
    const first = await load(["pbx.example"]);
    const second = await load(["pbx.example", "192.0.2.1"]);
    assert.notEqual(second, first);
    const third = await load(["pbx.example"], 10 * YEAR_MS);
    assert.notEqual(third, second);
    await writeFile(join(data, "tls-cert.pem"), first);
    assert.notEqual(await load(["pbx.example"]), first);
  });

  it("say what cannot be used", async () => {
    const { cert, key } = await selfSigned(["a"], clock.now(), new SeededRandom());
    const { key: other } = await selfSigned(["b"], clock.now(), new SeededRandom());
    const files = { certFile: join(data, "a.crt"), keyFile: join(data, "a.key") };
    const load = async (): Promise<unknown> =>
      Certificates.load({ files: [files], data, names: [], clock, random: new SeededRandom(), log: quietLog });
    await assert.rejects(load(), /^StartRefused: --tls-cert and --tls-key: .*a\.crt.*: there is no such file/);
    await writeFile(files.certFile, cert);
    await writeFile(files.keyFile, other);
    await assert.rejects(load(), /key values mismatch/);
    await writeFile(files.keyFile, key);
    await load();
  });
});
