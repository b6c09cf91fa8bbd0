import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "#base/package-root";
import { ServerUnderTest } from "#test/support/server";

/*
 * What a phone fetches from the whole server: the requirement's sample, byte for byte the same on every fetch and after a restart, and
 * nothing for anybody else.
 */
const MAC = "0000ffff0005";
const LINES = `${MAC}-lines.cfg`;
const SCHEMA = join(packageRoot, "../shared/schemas/polycom/polycomConfig-4.0.15.1009.xsd");

describe("the files of a phone", () => {
  let server: ServerUnderTest;
  let own: string;
  let others: string;
  before(async () => {
    server = await ServerUnderTest.start();
    own = await server.provisioningUrl(MAC);
    others = await server.provisioningUrl("0000ffff0006");
  });
  after(() => server.stop());

  async function get(url: string, init: RequestInit = {}): Promise<{ status: number; headers: Record<string, string>; text: string }> {
    const response = await fetch(url, init);
    const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== "date"));
    return { status: response.status, headers, text: await response.text() };
  }

  it("are those of the requirement's sample", async () => {
    const { text } = await get(own + LINES);
    for (const written of [
      'call.callsPerLineKey="24"',
      'reg.1.address="0000FFFF0005"',
      'reg.1.auth.userId="0000FFFF0005"',
      'reg.1.lineKeys="1"',
      'reg.1.outboundProxy.address=""',
      'attendant.reg="1"',
      'attendant.behaviors.display.spontaneousCallAppearances.normal="1"',
      'attendant.behaviors.display.remoteCallerID.normal="1"',
      'attendant.resourceList.1.address="L1-0000FFFF0005_T1" attendant.resourceList.1.label="L1" attendant.resourceList.1.type="normal"',
      'attendant.resourceList.2.address="L2-0000FFFF0005_T2" attendant.resourceList.2.label="L2" attendant.resourceList.2.type="normal"',
      'reg.1.server.1.address="127.0.0.1"',
      `reg.1.server.1.port="${server.sipPort}"`,
    ])
      assert.ok(text.includes(written), written);
    assert.ok(!text.includes("attendant.resourceList.3"));
    assert.match(text, /reg\.1\.auth\.password="[^"]{16,}"/);
  });

  it("are valid by the vendor's schema", async function () {
    if (!existsSync(SCHEMA) || spawnSync("xmllint", ["--version"]).error !== undefined) {
      if (this.test !== undefined) this.test.title += " (skipped: the vendor's schema or xmllint is not here)";
      this.skip();
    }
    const { text } = await get(own + LINES);
    execFileSync("xmllint", ["--noout", "--schema", SCHEMA, "-"], { input: text, stdio: ["pipe", "pipe", "pipe"] });
  });

  it("are named by the master, the phone's own first, without any secret", async () => {
    const { text } = await get(`${own}${MAC}.cfg`);
    const names = (/ CONFIG_FILES="([^"]*)"/.exec(text)?.[1] ?? "").split(",");
    assert.equal(names[0], LINES);
    assert.ok(names.every((name) => /^[a-z0-9.-]+$/.test(name)));
    assert.ok(!text.includes(new URL(own).pathname.split("/")[2] ?? ""));
  });

  it("are the same bytes on every fetch, and after a restart", async () => {
    const first = await get(own + LINES);
    assert.deepEqual(await get(own + LINES), first);
    await server.end("SIGTERM");
    await server.start();
    assert.equal(await server.provisioningUrl(MAC), own);
    assert.deepEqual(await get(own + LINES), first);
  });

  it("are not sent to whoever has them", async () => {
    const first = await get(own + LINES);
    const etag = first.headers["etag"] ?? "";
    const again = await get(own + LINES, { headers: { "if-none-match": etag } });
    assert.deepEqual([again.status, again.text, again.headers["etag"]], [304, "", etag]);
    const head = await get(own + LINES, { method: "HEAD" });
    assert.deepEqual([head.status, head.headers["content-length"], head.text], [200, String(Buffer.byteLength(first.text)), ""]);
  });

  it("exist for the phone alone: wrong secret, wrong MAC and unknown file are one and the same 404", async () => {
    const secret = new URL(own).pathname.split("/")[2] ?? "";
    const almost = secret.slice(0, -1) + (secret.endsWith("0") ? "1" : "0");
    const base = `${server.url}/provisioning/`;
    const expected = await get(`${base}${"0".repeat(secret.length)}/${MAC}.cfg`);
    assert.equal(expected.status, 404);
    for (const url of [
      `${base}${almost}/${MAC}.cfg`,
      `${base}${secret.toUpperCase().replace(/[A-F]/, "x")}/${MAC}.cfg`,
      `${own}0000ffff0006.cfg`,
      `${own}0000ffff0006-lines.cfg`,
      `${others}${LINES}`,
      `${own}000000000000.cfg`,
      `${own}0004f2abcdef.cfg`,
      `${own}nothing.cfg`,
      `${own}${MAC}-license.cfg`,
      `${own}..%2f..%2f..%2fetc%2fpasswd`,
      `${base}${MAC}.cfg`,
      base,
    ])
      assert.deepEqual(await get(url), expected, url);
  });

  it("are watched: the API tells who fetched what", async () => {
    await get(own + LINES, { headers: { "user-agent": "FileTransport PolycomVVX-VVX_400-UA/5.9.7.4477 Type/Application" } });
    const { json } = await server.api("GET", `phones/${MAC}`);
    assert.deepEqual([json.fetches[0].file, json.fetches[0].status, json.stage], [LINES, 200, "fetched"]);
    const shown = await fetch(`${server.url}/api/v1/phones/${MAC}/files/${LINES}`, {
      headers: { Authorization: `Bearer ${await server.token()}` },
    });
    assert.equal(await shown.text(), (await get(own + LINES)).text, "what the API shows is what the phone gets");
  });

  it("are written about in no log: neither secret nor password", async () => {
    const password = /reg\.1\.auth\.password="([^"]*)"/.exec((await get(own + LINES)).text)?.[1] ?? "";
    assert.ok(password !== "");
    for (const secret of [password, new URL(own).pathname.split("/")[2] ?? ""]) assert.ok(!server.output.includes(secret));
  });
});
