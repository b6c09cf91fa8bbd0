import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "#test/support/eventually";
import { ServerUnderTest } from "#test/support/server";

/* An administrator edits the files of a running server: a command, a watch and the API take them over or say what is wrong (R8, D19). */
describe("lamplighter reload, --watch and POST /check", function () {
  this.timeout(60_000);
  let site: string;
  let server: ServerUnderTest;

  before(async () => {
    site = await realpath(await mkdtemp(join(tmpdir(), "lamplighter-site-")));
    await cp("provisioning/sites/sample", site, { recursive: true });
    await mkdir(join(site, "hints.d"));
    await writeFile(
      join(site, "extensions.conf"),
      `${await readFile(join(site, "extensions.conf"), "utf8")}\n[more]\n#tryinclude hints.d/*.conf\n`,
    );
    server = await ServerUnderTest.start({ site, args: ["--watch"] });
  });

  after(async () => {
    await server.stop();
    await rm(site, { recursive: true });
  });

  const reload = async (...args: string[]): Promise<{ code: number | null; out: string; err: string }> => {
    const child = spawn(process.execPath, ["bin/lamplighter.mjs", "reload", ...args], { timeout: 30_000 });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { code, out, err };
  };

  /** Waits for the site that a watched change makes. */
  const untilHints = (wanted: (numbers: string[]) => boolean): Promise<void> =>
    eventually(async () => {
      const numbers = ((await server.api("GET", "hints?limit=1000")).json.items as { number: string }[]).map(
        ({ number }) => number,
      );
      assert.ok(wanted(numbers), numbers.join(" "));
    });

  it("finds the server by its data folder, prints what changed, and takes names of Asterisk's modules (D19)", async () => {
    const path = join(site, "sip.conf");
    const text = await readFile(path, "utf8");
    await writeFile(path, `${text}\n[door]\nsecret=x\n`);
    const taken = await reload("app_meetme.so", "--data", server.data);
    assert.equal(taken.code, 0);
    // The watch may have been first.
    assert.match(taken.err, /^taken over(?:\n {2}accounts: \+ door|, nothing changed)\n$/);
    assert.equal((await reload("app_sla.so", "dialplan", "--url", server.url, "--token", await server.token())).code, 0);
  });

  it("tells what is wrong and that what runs goes on", async () => {
    const path = join(site, "sla.conf");
    const text = await readFile(path, "utf8");
    await writeFile(path, `${text}\n[bad]\ntype=satellite\n`);
    const refused = await reload("--data", server.data);
    assert.equal(refused.code, 1);
    assert.match(refused.out, /^sla\.conf:\d+:\d+ SLA-E02 type "satellite"/m);
    assert.match(refused.err, /^not taken over, what runs goes on: 1 new error: sla\.conf SLA-E02/);
    const { status, json } = await server.api("POST", "reload");
    assert.equal(status, 422);
    const error = json.diagnostics.find(({ code }: { code: string }) => code === "SLA-E02");
    assert.deepEqual([error.severity, typeof error.why, typeof error.fix], ["E", "string", "string"]);
    await writeFile(path, text);
    assert.equal((await reload("--data", server.data)).code, 0);
  });

  it("says why no server can be asked", async () => {
    const empty = join(site, "none");
    assert.match((await reload("--data", empty)).err, /no admin token in .*admin-token: give --data DIR or --token TOKEN\n$/);
    const { code, err } = await reload("--url", "http://127.0.0.1:9", "--token", "x");
    assert.equal(code, 1);
    assert.match(err, /^lamplighter: http:\/\/127\.0\.0\.1:9 does not answer/);
    assert.match((await reload("--url", server.url, "--token", "wrong")).err, /what runs goes on: Send Authorization: Bearer/);
    assert.equal((await reload("--url", "nowhere")).code, 2);
  });

  it("is not needed where the files are watched: a file that a pattern fits comes, is replaced as editors do, and goes", async () => {
    await writeFile(join(site, "hints.d/a.conf"), "exten => gate,hint,Custom:gate\n");
    await untilHints((numbers) => numbers.includes("gate"));
    await writeFile(join(site, "hints.d/.a.swp"), "exten => yard,hint,Custom:yard\n");
    await rename(join(site, "hints.d/.a.swp"), join(site, "hints.d/a.conf"));
    await untilHints((numbers) => numbers.includes("yard") && !numbers.includes("gate"));
    await rm(join(site, "hints.d/a.conf"));
    await untilHints((numbers) => !numbers.includes("yard"));
  });

  it("goes on where the whole folder is replaced, as a checkout does it", async () => {
    const kept = `${site}-before`;
    await rename(site, kept);
    await cp(kept, site, { recursive: true });
    await writeFile(join(site, "hints.d/b.conf"), "exten => attic,hint,Custom:attic\n");
    await untilHints((numbers) => numbers.includes("attic"));
    await writeFile(join(site, "hints.d/b.conf"), "exten => cellar,hint,Custom:cellar\n");
    await untilHints((numbers) => numbers.includes("cellar") && !numbers.includes("attic"));
    await rm(join(site, "hints.d/b.conf"));
    await untilHints((numbers) => !numbers.includes("cellar"));
    await rm(kept, { recursive: true });
  });

  it("checks the running site and what lies below it, and no other path of the server", async () => {
    const whole = await server.api("POST", "check", { path: site });
    assert.equal(whole.status, 200);
    assert.equal(whole.json.counts.stations, 4);
    assert.equal((await server.api("POST", "check", { path: "." })).json.counts.stations, 4);
    assert.match((await server.api("POST", "check", { path: "hints.d" })).json.unusable, /holds none of/);
    for (const path of ["/etc", "..", "../..", "none", "/etc/passwd"])
      assert.equal((await server.api("POST", "check", { path })).status, 403, path);
    const sent = await server.api("POST", "check", { files: { "sla.conf": "[a]\ntype=x\n" } });
    assert.deepEqual([sent.status, sent.json.diagnostics[0].code], [200, "SLA-E02"]);
    assert.equal((await server.api("GET", "stations")).json.items.length, 4);
  });
});
