import assert from "node:assert/strict";
import { strToU8, zipSync } from "fflate";
import { AdminUnderTest, type Answer } from "./admin-under-test.ts";

const JSON_TYPE = { "content-type": "application/json" };
const ZIP_TYPE = { "content-type": "application/zip" };
/** As browsers write them: the runtime takes one of a single letter for found wherever that letter stands in a file. */
const BOUNDARY = "----form7MA4YWxkTrZu0gW";

describe("a site that is sent to be checked", function () {
  this.timeout(20_000);
  let admin: AdminUnderTest;
  beforeEach(async () => {
    admin = new AdminUnderTest();
    await admin.start();
  });
  afterEach(() => admin.stop());

  const send = (headers: Readonly<Record<string, string>>, body: string | Buffer): Promise<Answer> =>
    admin.ask("POST", "/api/v1/check", { headers, body });

  /** The files that reached the check, as text. */
  const received = (): Record<string, string> => {
    const [wanted] = admin.checked;
    if (wanted?.type !== "files") assert.fail("no files");
    return Object.fromEntries([...wanted.files].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
  };

  const form = (parts: readonly (readonly [string, string])[], boundary = BOUNDARY): string =>
    `${parts.map(([head, text]) => `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}\r\n`).join("")}--${boundary}--\r\n`;

  it("comes as JSON, as a ZIP archive or as a form, and is told with severity, why and fix of each finding", async () => {
    admin.findings = [{ file: "sip.conf", line: 1, column: 2, code: "CONF-W12", message: "no file fits" }];
    const files = { "sla.conf": "[a]", "d/x.conf": "ü" };
    const answers = [
      await send(JSON_TYPE, JSON.stringify({ files })),
      await send(ZIP_TYPE, Buffer.from(zipSync({ "sla.conf": strToU8("[a]"), d: { "x.conf": strToU8("ü") } }))),
      await send(
        { "content-type": `multipart/form-data; boundary=${BOUNDARY}` },
        form([
          ['name="file"; filename="sla.conf"', "[a]"],
          ['name="d/x.conf"', "ü"],
        ]),
      ),
    ];
    for (const { status, json } of answers) {
      assert.equal(status, 200);
      assert.deepEqual(Object.keys(json), ["diagnostics", "counts"]);
      const [{ why, fix, ...finding }] = json.diagnostics;
      assert.deepEqual(finding, { ...admin.findings[0], severity: "W" });
      assert.ok(why.length > 20 && fix.length > 20);
      assert.deepEqual(received(), files);
      admin.checked.shift();
    }
  });

  it("loses the folder that all its files are in, and what packers add", async () => {
    const archive = zipSync({
      "etc/asterisk/sla.conf": strToU8("x"),
      "etc/asterisk/d/y": strToU8("y"),
      "__MACOSX/etc/._sla.conf": strToU8("no"),
      "etc/.DS_Store": strToU8("no"),
      "etc/empty/": new Uint8Array(),
    });
    assert.equal((await send(ZIP_TYPE, Buffer.from(archive))).status, 200);
    assert.deepEqual(received(), { "sla.conf": "x", "d/y": "y" });
  });

  it("comes as a ZIP archive in a form too, which then holds nothing else", async () => {
    const archive = Buffer.from(zipSync({ "asterisk/sla.conf": strToU8("x") })).toString("latin1");
    const part = ['name="file"; filename="site.ZIP"', archive] as const;
    const headers = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };
    assert.equal((await send(headers, Buffer.from(form([part]), "latin1"))).status, 200);
    assert.deepEqual(received(), { "sla.conf": "x" });
    const { status, json } = await send(headers, Buffer.from(form([part, ['name="sip.conf"', ""]]), "latin1"));
    assert.deepEqual([status, json.detail], [422, "A ZIP archive comes alone: send it without other files."]);
    const broken = await send(headers, form([['name="file"; filename="a.zip"', "PK"]]));
    assert.equal(broken.status, 422);
  });

  it("is named by a path, which may be refused", async () => {
    const { status, json } = await send(JSON_TYPE, '{"path":"/etc/passwd"}');
    assert.deepEqual([status, json.detail], [403, "that path is not the site's own"]);
    assert.deepEqual(admin.checked, [{ type: "path", path: "/etc/passwd" }]);
  });

  it("has names that stay below the site", async () => {
    for (const name of ["../x", "/etc/passwd", "a/../../b", "a//b", ".", "", "C:x", "a\\b", "a\nb", "\u0000", "x".repeat(256)]) {
      const asJson = await send(JSON_TYPE, JSON.stringify({ files: { [name]: "" } }));
      assert.equal(asJson.status, 422, JSON.stringify(name));
      if (name === "" || name.endsWith("/")) continue;
      const asZip = await send(ZIP_TYPE, Buffer.from(zipSync({ [name]: strToU8("x") })));
      assert.equal(asZip.status, 422, JSON.stringify(name));
    }
    await send(JSON_TYPE, '{"files":{"__proto__":"x","a.conf":"y"}}');
    assert.deepEqual(admin.checked.length, 1);
  });

  it("has 2000 files and 64 MiB at most, whatever an archive says of itself", async () => {
    const many = Object.fromEntries(Array.from({ length: 2001 }, (_, at) => [`f${at}`, ""]));
    const bomb = Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`${at}`, new Uint8Array(4 * 1024 * 1024)]));
    const parts = Object.keys(many).map((name) => [`name="${name}"`, ""] as const);
    const answers = [
      await send(JSON_TYPE, JSON.stringify({ files: many })),
      await send(ZIP_TYPE, Buffer.from(zipSync(Object.fromEntries(Object.keys(many).map((name) => [name, new Uint8Array()]))))),
      await send({ "content-type": `multipart/form-data; boundary=${BOUNDARY}` }, form(parts)),
      await send(ZIP_TYPE, Buffer.from(zipSync(bomb))),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [413, 413, 413, 413],
    );
    assert.deepEqual(admin.checked, []);
  });

  it("is not longer than an archive said it is", async () => {
    const archive = Buffer.from(zipSync({ "a.conf": new Uint8Array(1_000_000).fill(65) }));
    for (let at = archive.indexOf("PK\u0001\u0002"); at !== -1; at = archive.indexOf("PK\u0001\u0002", at + 4))
      archive.writeUInt32LE(10, at + 24);
    const { status } = await send(ZIP_TYPE, archive);
    if (status === 200) assert.ok((received()["a.conf"]?.length ?? 0) <= 10);
    else assert.equal(status, 422);
  });

  it("is told to be wrong when it is of no such type, or broken", async () => {
    const cases: [Record<string, string>, string, number][] = [
      [{ "content-type": "text/plain" }, "x", 415],
      [JSON_TYPE, "{", 400],
      [JSON_TYPE, '{"files":{"a":1}}', 422],
      [JSON_TYPE, '{"path":"x","files":{}}', 422],
      [ZIP_TYPE, "PK", 422],
      [ZIP_TYPE, "PK\u0005\u0006".padEnd(22, "\u00ff"), 422],
      [{ "content-type": "multipart/form-data" }, "x", 400],
      [{ "content-type": `multipart/form-data; boundary=${BOUNDARY}` }, "--b\r\nx", 400],
    ];
    for (const [headers, body, status] of cases)
      assert.equal((await send(headers, body)).status, status, `${JSON.stringify(headers)} ${body}`);
    assert.deepEqual(admin.checked, []);
  });

  it("hears of 5000 findings at most, errors first", async () => {
    const at = (line: number, code: string) => ({ file: "a.conf", line, column: 1, code, message: "x" });
    admin.findings = [...Array.from({ length: 6000 }, (_, line) => at(line + 1, "CONF-W06")), at(7000, "CONF-E02")];
    const { json } = await send(JSON_TYPE, '{"files":{"a.conf":""}}');
    assert.deepEqual([json.diagnostics.length, json.omitted, json.diagnostics.at(-1).code], [5000, 1001, "CONF-E02"]);
  });
});
