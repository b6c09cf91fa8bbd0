import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runDialplanShow } from "#cli/dialplan";

const EXTENSIONS = `[phones]
include => outside,9:00-17:00,*,*,*
ignorepat => 9
exten => _X.,1(again),Goto(100,1)
exten => 100,hint,SIP/a&SIP/b
exten => 100,1,Dial(SIP/a,20)
exten => 100,n(over),Hangup()
exten => 100/55,1,Busy()
exten => dark,hint,Custom:dark
[outside]
exten => _0.,1,NoOp(a\u202eb)
`;
const SLA = "[T]\ntype=trunk\ndevice=DAHDI/1\n[desk]\ntype=station\ndevice=SIP/a\ntrunk=T\nautocontext=phones\n";

describe("lamplighter dialplan show", () => {
  let folder = "";

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lamplighter-dialplan-"));
    writeFileSync(join(folder, "extensions.conf"), EXTENSIONS);
    writeFileSync(join(folder, "sla.conf"), SLA);
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  async function show(
    context: string | undefined,
    json = false,
    path = folder,
    allowInclude: readonly string[] = [],
  ): Promise<{ code: number; out: string; err: string }> {
    const [out, err]: [string[], string[]] = [[], []];
    const code = await runDialplanShow(
      context,
      { site: path, allowInclude, json },
      {
        print: (line) => out.push(line),
        explain: (line) => err.push(line),
      },
    );
    return { code, out: out.join("\n"), err: err.join("\n") };
  }

  it("prints what is there as Asterisk does, in the order of matching, and where each line came from", async () => {
    const { code, out, err } = await show("phones");
    assert.deepEqual(out.split("\n"), [
      "[ Context 'phones' ]",
      "  '100' (CID match '55') => 1. Busy()                             [extensions.conf:8]",
      "  '100' =>          hint: SIP/a&SIP/b                             [extensions.conf:5]",
      "                    1. Dial(SIP/a,20)                             [extensions.conf:6]",
      "     [over]         2. Hangup()                                   [extensions.conf:7]",
      "  'dark' =>         hint: Custom:dark                             [extensions.conf:9]",
      "  'desk' =>         1. SLAStation(desk)                           [generated for station desk]",
      "  'desk_T' =>       hint: SLA:desk_T                              [generated for station desk]",
      "                    1. SLAStation(desk_T)                         [generated for station desk]",
      "  '_X.' =>",
      "     [again]        1. Goto(100,1)                                [extensions.conf:4]",
      "  Include =>        'outside' (9:00-17:00,*,*,*)                  [extensions.conf:2]",
      "  Ignore pattern => '9'",
      "",
      "-= 6 extensions (9 priorities) in 1 contexts. =-",
    ]);
    assert.deepEqual([code, err], [0, ""]);
  });

  it("prints all contexts, and no control character", async () => {
    const { out } = await show(undefined);
    assert.match(out, /\[ Context 'phones' \]\n[^]*\n\n\[ Context 'outside' \]\n {2}'_0\.' => {10}1\. NoOp\(a␣b\) /);
    assert.match(out, /in 2 contexts\. =-$/);
  });

  it("says that a context is not there, with the nearest, and ends with 1", async () => {
    assert.deepEqual(await show("phnes"), { code: 1, out: "", err: 'there is no context "phnes" (did you mean "phones"?)' });
  });

  it("ends with 2 when there is no site", async () => {
    const { code, out, err } = await show(undefined, false, join(folder, "missing"));
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, /^cannot be used: .*there is no such file or folder$/);
  });

  it("sees what the site includes from a folder that is allowed, and only then", async () => {
    const [site, beside] = ["site", "beside"].map((name) => join(folder, name)) as [string, string];
    for (const path of [site, beside]) mkdirSync(path);
    writeFileSync(join(beside, "more.conf"), "[more]\nexten => 1,1,NoOp()\n");
    writeFileSync(join(site, "extensions.conf"), `[own]\nexten => 1,1,NoOp()\n#include "${join(beside, "more.conf")}"\n`);
    assert.equal((await show("more", false, site)).code, 1);
    assert.match((await show("more", false, site, [beside])).out, /^\[ Context 'more' \]/);
  });

  it("gives the same as JSON", async () => {
    const { code, out } = await show("outside", true);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), {
      contexts: [
        {
          context: "outside",
          extensions: [
            {
              extension: "_0.",
              steps: [{ priority: 1, application: "NoOp", args: "a\u202eb", from: "extensions.conf:11" }],
            },
          ],
          includes: [],
          ignorePatterns: [],
        },
      ],
    });
    assert.equal(
      JSON.parse((await show("phones", true)).out).contexts[0].extensions[3].steps[0].from,
      "generated for station desk",
    );
  });
});
