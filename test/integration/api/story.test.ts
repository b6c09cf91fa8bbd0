import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerUnderTest } from "#test/support/server";

/* The API of the whole server, as an administrator's script uses it. */
const DEVICE = "devices/SLA:L1-0000FFFF0005_T1";

describe("the API", () => {
  let folder: string;
  let server: ServerUnderTest;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "lamplighter-site-"));
    await cp("provisioning/sites/sample", folder, { recursive: true });
    server = await ServerUnderTest.start({ site: folder });
  });
  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it("needs the token, except for health and metrics", async () => {
    for (const [path, status] of [
      ["/api/v1/devices", 401],
      ["/api/v1/events", 401],
      ["/healthz", 200],
      ["/readyz", 200],
      ["/metrics", 200],
      ["/", 200],
    ] as const)
      assert.equal((await fetch(server.url + path, { headers: { Connection: "close" } })).status, status, path);
  });

  it("keeps a state over a restart, with its time", async () => {
    const { json } = await server.api("PUT", DEVICE, { state: "ONHOLD", ttl: 600 });
    assert.deepEqual([json.state, json.slots[0].source, json.slots[0].ttl], ["ONHOLD", "api", 600]);
    await server.end("SIGKILL");
    await server.start();
    const after = (await server.api("GET", DEVICE)).json;
    assert.equal(after.state, "ONHOLD");
    assert.equal(after.slots[0].since, json.slots[0].since);
    assert.ok(after.slots[0].ttl > 500 && after.slots[0].ttl <= 600);
    assert.equal((await server.api("DELETE", DEVICE)).json.state, "NOT_INUSE");
  });

  it("does not show a state again whose time ended while nobody served", async () => {
    await server.api("PUT", DEVICE, { state: "INUSE", ttl: 1 });
    await server.end("SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await server.start();
    const { json } = await server.api("GET", DEVICE);
    assert.deepEqual([json.state, json.slots], ["NOT_INUSE", []]);
  });

  it("answers every address that it describes", async () => {
    const { json } = await server.api("GET", "openapi.json");
    const values: Record<string, string> = {
      device: "Custom:door",
      lamp: "L1-0000FFFF0005_T1",
      context: "LocalSets",
      mac: "0000FFFF0005",
      name: "0000ffff0005.cfg",
      source: "192.0.2.7",
      mailbox: "100",
      account: "0000FFFF0005",
      id: "no-call",
      trunk: "T1",
    };
    const bodies: Record<string, string> = {
      "put /devices/{device}": '{"state":"BUSY"}',
      "post /check": '{"path":"."}',
      "put /mailboxes/{mailbox}": '{"new":1}',
      "put /accounts/{account}/features": "{}",
    };
    // Nobody is shut out, has that mailbox before it is written, or is on a call.
    const missing = ["delete /bans/{source}", "get /mailboxes/{mailbox}", "get /calls/{id}", "delete /calls/{id}"];
    for (const [path, methods] of Object.entries<Record<string, { responses: object }>>(json.paths)) {
      if (path === "/events") continue;
      const url = `${server.url}/api/v1${path.replace(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? "")}`;
      for (const [method, { responses }] of Object.entries(methods)) {
        const response = await fetch(url, {
          method: method.toUpperCase(),
          headers: { Authorization: `Bearer ${await server.token()}`, "Content-Type": "application/json", Connection: "close" },
          ...(bodies[`${method} ${path}`] === undefined ? {} : { body: bodies[`${method} ${path}`] ?? "" }),
        });
        await response.arrayBuffer();
        const status = missing.includes(`${method} ${path}`) ? "404" : Object.keys(responses)[0];
        assert.equal(String(response.status), status, `${method} ${path}`);
      }
    }
  });

  it("gives lists that end, a page at a time", async () => {
    for (let at = 0; at < 7; at += 1) await server.api("PUT", `devices/Custom:door${at}`, { state: "BUSY" });
    const whole = (await server.api("GET", "devices")).json.items;
    const found: unknown[] = [];
    for (let after: string | undefined = ""; after !== undefined;) {
      const { json }: { json: any } = await server.api("GET", `devices?limit=2&after=${encodeURIComponent(after)}`);
      found.push(...json.items);
      after = json.next;
    }
    assert.deepEqual(found, whole);
    assert.ok(found.length >= 11);
  });

  it("reads the site again: what is new is served, what is broken is refused and changes nothing", async () => {
    const file = join(folder, "sip.conf");
    const text = await readFile(file, "utf8");
    await writeFile(file, `${text}\n[0000FFFF0007](desk-phone)\n`);
    const { status } = await server.api("POST", "reload");
    assert.equal(status, 200);
    assert.equal((await server.api("GET", "phones/00:00:FF:FF:00:07")).json.mac, "0000ffff0007");
    await writeFile(file, `${text}\n[0000FFFF0007](no-such-template)\n`);
    const refused = await server.api("POST", "reload");
    assert.equal(refused.status, 422);
    assert.equal(refused.headers.get("content-type"), "application/problem+json");
    assert.match(refused.json.diagnostics[0].file, /sip\.conf/);
    assert.equal((await server.api("GET", "phones/0000ffff0007")).status, 200);
    await writeFile(file, text);
    assert.equal((await server.api("POST", "reload")).status, 200);
    assert.equal((await server.api("GET", "phones/0000ffff0007")).status, 404);
  });

  it("shows no secret of an account", async () => {
    const { json } = await server.api("GET", "accounts");
    assert.deepEqual(Object.keys(json.items[0]).sort(), ["context", "name", "origin"]);
  });

  it("counts what the server does", async () => {
    const text = await (await fetch(`${server.url}/metrics`, { headers: { Connection: "close" } })).text();
    for (const name of ["lamplighter_subscriptions", "lamplighter_registrations", "lamplighter_wrong_passwords_total"])
      assert.match(text, new RegExp(`^${name} \\d+$`, "m"));
  });
});
