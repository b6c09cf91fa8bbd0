import assert from "node:assert/strict";
import { AdminUnderTest } from "./admin-under-test.ts";

const JSON_TYPE = { "content-type": "application/json" };
const BODY_MAX_BYTES = 64 * 1024;

describe("answers of the API", () => {
  let admin: AdminUnderTest;
  beforeEach(async () => {
    admin = new AdminUnderTest();
    await admin.start();
  });
  afterEach(() => admin.stop());

  it("write a state durably, by any spelling of its name", async () => {
    assert.deepEqual((await admin.put("SIP/100", { state: "inUse", ttl: 60 })).json, {
      device: "SIP/100",
      state: "INUSE",
      slots: [],
    });
    assert.deepEqual(admin.states.get("SIP/100"), { state: "INUSE", ttl: 60 });
    await admin.ask("DELETE", "/api/v1/devices/SIP%2F100");
    assert.equal(admin.states.size, 0);
  });

  it("take names of devices as they are or escaped, whatever they are", async () => {
    for (const name of ["Custom:__proto__", "__proto__:x", "constructor/toString", "Custom:Tür №1", "Local/a@b/n", "Custom:%"]) {
      assert.equal((await admin.put(encodeURIComponent(name), { state: "BUSY" })).status, 200, name);
      assert.ok(admin.states.has(name), name);
    }
    assert.equal(({} as Record<string, unknown>)["state"], undefined);
  });

  it("refuse names that are none", async () => {
    for (const name of ["nothing", "__proto__", "Custom:%0a", "Custom:%00x", `Custom:${"x".repeat(300)}`])
      assert.equal((await admin.put(name, { state: "BUSY" })).status, 422, name);
    for (const name of ["Custom:%", "Custom:%zz", "Custom:%ff", "Custom:%ed%a0%80"])
      assert.equal((await admin.put(name, { state: "BUSY" })).status, 400, name);
    assert.equal(admin.states.size, 0);
  });

  it("name the field that is wrong", async () => {
    for (const [body, field] of [
      [{ state: "SLEEPING" }, "state"],
      [{}, "state"],
      [{ state: "BUSY", ttl: 0 }, "ttl"],
      [{ state: "BUSY", ttl: 1.5 }, "ttl"],
      [{ state: "BUSY", ttl: 1e9 }, "ttl"],
      [{ state: "BUSY", color: "red" }, "color"],
      [JSON.parse('{"state":"BUSY","__proto__":{"x":1}}'), "__proto__"],
      [[], ""],
      [null, ""],
    ] as const) {
      const { status, json, headers } = await admin.put("Custom:x", body);
      assert.equal(status, 422, JSON.stringify(body));
      assert.equal(json.errors[0].field, field);
      assert.equal(headers["content-type"], "application/problem+json");
      assert.deepEqual(Object.keys(json).slice(0, 4), ["type", "title", "status", "detail"]);
    }
  });

  it("refuse bodies that are no JSON, of another type, or too large", async () => {
    const path = "/api/v1/devices/Custom:x";
    for (const body of ["", "{", "state=BUSY", "\u0000"])
      assert.equal((await admin.ask("PUT", path, { headers: JSON_TYPE, body })).status, 400, body);
    assert.equal((await admin.ask("PUT", path, { headers: { "content-type": "text/plain" }, body: "{}" })).status, 415);
    const fits = `{"state":"BUSY"}`.padEnd(BODY_MAX_BYTES, " ");
    assert.equal((await admin.ask("PUT", path, { headers: JSON_TYPE, body: fits })).status, 200);
    for (const headers of [JSON_TYPE, { ...JSON_TYPE, "transfer-encoding": "chunked" }]) {
      const answer = await admin.ask("PUT", path, { headers, body: `${fits} ` });
      assert.deepEqual([answer.status, answer.headers.connection], [413, "close"]);
    }
  });

  it("say 503 while the store does not answer, and when to come again", async () => {
    admin.storeDown = true;
    const answer = await admin.put("Custom:x", { state: "BUSY" });
    assert.deepEqual([answer.status, answer.json.code, answer.headers["retry-after"]], [503, "store-down", "2"]);
    assert.equal((await admin.ask("GET", "/readyz", { token: null })).status, 503);
    assert.equal((await admin.ask("GET", "/healthz", { token: null })).status, 200);
  });

  it("are problems for what does not exist", async () => {
    for (const path of [
      "/api/v1",
      "/api/v1/",
      "/api/v1/nothing",
      "/api/v1/lamps/100",
      "/api/v1/phones/000000000000",
      "/nothing",
    ]) {
      const answer = await admin.ask("GET", path);
      assert.equal(answer.status, 404, path);
      assert.equal(answer.json.status, 404);
    }
    for (const path of ["/api/v1/lamps/%", "/api/v1/phones/%ff", "/api/v1/lamps/__proto__", "/api/v1/phones/__proto__"])
      assert.ok([400, 404].includes((await admin.ask("GET", path)).status), path);
    const long = await admin.ask("GET", `/api/v1/${"x".repeat(5000)}`);
    assert.ok(long.text.length < 500);
  });

  it("tell the methods that an address takes", async () => {
    for (const [method, path, allow] of [
      ["DELETE", "/api/v1/devices", "HEAD, GET"],
      ["POST", "/api/v1/lamps", "HEAD, GET"],
      ["GET", "/api/v1/reload", "POST"],
      ["PATCH", "/api/v1/devices/Custom:x", "HEAD, GET, PUT, DELETE"],
      ["POST", "/healthz", "HEAD, GET"],
      ["DELETE", "/metrics", "HEAD, GET"],
      ["POST", "/", "GET, HEAD"],
      ["DELETE", "/panel.js", "GET, HEAD"],
      ["GET", "/sign-in", "POST"],
    ] as const) {
      const answer = await admin.ask(method, path);
      assert.deepEqual([answer.status, answer.headers.allow], [405, allow], `${method} ${path}`);
    }
    for (const [path, allow] of [
      ["/api/v1/devices", "HEAD, GET"],
      ["/api/v1/devices/Custom:x", "HEAD, GET, PUT, DELETE"],
    ] as const) {
      const answer = await admin.ask("OPTIONS", path);
      assert.deepEqual([answer.status, answer.headers.allow], [204, allow]);
      assert.equal(answer.headers["access-control-allow-origin"], undefined);
    }
    assert.equal((await admin.ask("OPTIONS", "/api/v1/nothing")).status, 404);
  });

  it("have no body for HEAD", async () => {
    for (const path of [
      "/",
      "/panel.css",
      "/healthz",
      "/metrics",
      "/api/v1/devices",
      "/api/v1/devices/Custom:x",
      "/api/v1/events",
    ]) {
      const answer = await admin.ask("HEAD", path);
      assert.deepEqual([answer.status, answer.text], [200, ""], path);
    }
    assert.equal(admin.listeners.size, 0);
  });

  it("are kept by nobody on the way: they hold addresses with secrets", async () => {
    for (const path of ["/api/v1/phones", "/api/v1/nothing", "/metrics", "/readyz"])
      assert.equal((await admin.ask("GET", path)).headers["cache-control"], "no-store", path);
    const { headers } = await admin.ask("GET", "/api/v1/phones");
    assert.match(String(headers["content-security-policy"]), /^default-src 'none'/);
    await admin.ask("GET", "/api/v1/phones", { headers: { host: "phones.example:8443", origin: "http://elsewhere" } });
    assert.deepEqual(admin.origins.slice(-2), [`http://127.0.0.1:${admin.port}`, "http://phones.example:8443"]);
  });

  it("refuse a reload with its diagnostics", async () => {
    const { status, json } = await admin.ask("POST", "/api/v1/reload");
    assert.deepEqual([status, json.detail, json.diagnostics], [422, "sla.conf is broken", []]);
  });
});
