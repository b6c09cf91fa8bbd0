import assert from "node:assert/strict";
import { AdminUnderTest, TOKEN, type Answer } from "./admin-under-test.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const TEN_MINUTES_MS = 600_000;
const TWELVE_HOURS_MS = 12 * 3_600_000;
const TRIES_MAX = 20;

describe("who may use API and page", () => {
  let admin: AdminUnderTest;
  beforeEach(async () => {
    admin = new AdminUnderTest();
    await admin.start();
  });
  afterEach(() => admin.stop());

  const signIn = (token: string, headers = {}): Promise<Answer> =>
    admin.ask("POST", "/sign-in", {
      token: null,
      headers: { ...FORM, ...headers },
      body: new URLSearchParams({ token }).toString(),
    });

  async function cookie(): Promise<string> {
    const { headers } = await signIn(TOKEN);
    return (headers["set-cookie"]?.[0] ?? "").split(";")[0] ?? "";
  }

  const withCookie = (method: string, path: string, value: string, headers = {}): Promise<Answer> =>
    admin.ask(method, path, { token: null, headers: { cookie: value, ...headers } });

  it("is whoever holds the token", async () => {
    assert.equal((await admin.ask("GET", "/api/v1/devices")).status, 200);
    const plain = await admin.ask("GET", "/api/v1/devices", { token: null });
    assert.equal(plain.status, 401);
    assert.match(plain.headers["www-authenticate"] ?? "", /^Bearer /);
    for (const token of ["", `${TOKEN}x`, TOKEN.slice(1), TOKEN.toUpperCase(), "__proto__"])
      assert.equal((await admin.ask("GET", "/api/v1/devices", { token })).status, 401, token);
    for (const authorization of [TOKEN, `Basic ${TOKEN}`, `Bearer ${TOKEN} x`])
      assert.equal((await admin.ask("GET", "/api/v1/devices", { token: null, headers: { authorization } })).status, 401);
  });

  it("needs the token for unknown addresses too: an answer without it says nothing", async () => {
    for (const path of ["/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1/openapi.json", "/api/v1/phones/1/files/x"])
      assert.equal((await admin.ask("GET", path, { token: null })).status, 401, path);
  });

  it("is blocked for ten minutes after twenty wrong tokens, except with the right one", async () => {
    for (let tries = 0; tries < TRIES_MAX; tries += 1)
      assert.equal((await admin.ask("GET", "/api/v1/devices", { token: `wrong${tries}` })).status, 401);
    const refused = await admin.ask("GET", "/api/v1/devices", { token: "wrong" });
    assert.deepEqual([refused.status, refused.headers["retry-after"]], [429, "600"]);
    assert.equal((await signIn(TOKEN)).status, 429);
    assert.equal((await admin.ask("GET", "/api/v1/devices")).status, 200);
    admin.clock.advance(TEN_MINUTES_MS);
    assert.equal((await admin.ask("GET", "/api/v1/devices", { token: "wrong" })).status, 401);
    assert.equal((await signIn(TOKEN)).status, 303);
  });

  it("counts wrong tokens of the form as well", async () => {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) assert.equal((await signIn(`wrong${tries}`)).status, 401);
    assert.equal((await signIn(`wrong`)).status, 429);
  });

  it("may sign in with the form, whose first field takes the token", async () => {
    const form = await admin.ask("GET", "/", { token: null });
    assert.match(/<input[^>]*>/.exec(form.text)?.[0] ?? "", /name="token" type="password"/);
    assert.ok(!form.text.includes("panel.js"), "a form fetches nothing that needs a session");
    const answer = await signIn(` ${TOKEN}\n`);
    assert.deepEqual([answer.status, answer.headers.location], [303, "/"]);
    const set = answer.headers["set-cookie"]?.[0] ?? "";
    assert.match(set, /; httponly/i);
    assert.match(set, /; samesite=strict/i);
    assert.ok(!set.includes(TOKEN));
  });

  it("is told when the token is wrong", async () => {
    const answer = await signIn("wrong");
    assert.equal(answer.status, 401);
    assert.match(answer.text, /role="alert"/);
    assert.equal(answer.headers["set-cookie"], undefined);
  });

  it("uses the page and reads the API with the cookie, until it ends", async () => {
    const session = await cookie();
    assert.match((await withCookie("GET", "/", session)).text, /panel\.js/);
    assert.equal((await withCookie("GET", "/api/v1/lamps", session)).status, 200);
    admin.clock.advance(TWELVE_HOURS_MS);
    assert.equal((await withCookie("GET", "/api/v1/lamps", session)).status, 401);
    assert.ok(!(await withCookie("GET", "/", session)).text.includes("panel.js"));
    assert.equal((await withCookie("GET", "/api/v1/lamps", "lamplighter=forged")).status, 401);
  });

  it("changes nothing with the cookie from another site's page", async () => {
    const session = await cookie();
    const path = "/api/v1/devices/Custom:door";
    const own = `http://127.0.0.1:${admin.port}`;
    for (const headers of [
      { origin: "http://evil.example" },
      { origin: "null" },
      { origin: `http://127.0.0.1:1` },
      { origin: `${own}.evil.example` },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ]) {
      assert.equal((await withCookie("DELETE", path, session, headers)).status, 403, JSON.stringify(headers));
      assert.equal((await withCookie("POST", "/sign-out", session, headers)).status, 403, JSON.stringify(headers));
    }
    for (const headers of [{}, { origin: own }, { "sec-fetch-site": "same-origin" }])
      assert.equal((await withCookie("DELETE", path, session, headers)).status, 200, JSON.stringify(headers));
  });

  it("signs out", async () => {
    const session = await cookie();
    assert.equal((await withCookie("POST", "/sign-out", session)).status, 303);
    assert.equal((await withCookie("GET", "/api/v1/lamps", session)).status, 401);
  });

  it("keeps a thousand sessions: the oldest makes room", async () => {
    const first = await cookie();
    let last = first;
    for (let count = 0; count < 1000; count += 1) last = await cookie();
    assert.equal((await withCookie("GET", "/api/v1/lamps", first)).status, 401);
    assert.equal((await withCookie("GET", "/api/v1/lamps", last)).status, 200);
  });

  it("sends a form of 4096 bytes at most", async () => {
    const answer = await admin.ask("POST", "/sign-in", { token: null, headers: FORM, body: `token=${"x".repeat(5000)}` });
    assert.equal(answer.status, 413);
  });

  it("gets pages that load nothing from elsewhere and stand in nobody's frame", async () => {
    for (const path of ["/", "/panel.js", "/panel.css", "/lamp.svg", "/nothing"]) {
      const { headers } = await admin.ask("GET", path, { token: null });
      const policy = String(headers["content-security-policy"]);
      assert.match(policy, /^default-src 'none'; .*frame-ancestors 'none'$/, path);
      assert.ok(!/unsafe|\*|https?:/.test(policy), policy);
      assert.equal(headers["x-content-type-options"], "nosniff");
      assert.equal(headers["cache-control"], "no-store");
    }
  });
});
