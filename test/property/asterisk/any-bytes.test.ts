import assert from "node:assert/strict";
import fc from "fast-check";
import { formatDialplan } from "#cli/dialplan";
import { readUploadedSite } from "#app/site-reading/read-site";
import { parseConf } from "#asterisk/conf/parse-conf";
import { readAsteriskSite } from "#asterisk/read-asterisk-site";
import { SITE_FILES } from "#asterisk/site-files";
import { checkSite } from "#domain/site/check-site";
import { listDialplan } from "#domain/site/dialplan-listing";
import type { Diagnostic } from "#domain/site/diagnostic";
import { withGeneratedEntries } from "#domain/site/generated-entries";
import { mergeSites } from "#domain/site/merge-sites";
import { readYamlSite } from "#site-yaml/read-yaml-site";

const RUNS = 2000;

/** Pieces that a grammar might trip over, between characters of every kind. */
const PIECES = [
  ...[
    "[",
    "]",
    "(",
    ")",
    "(!)",
    "(+)",
    "[a](b)",
    "=",
    "=>",
    "+=",
    ";",
    ";--",
    "--;",
    "\\;",
    "#include x",
    "\n#include x\n",
    "\n#include y\n",
    "\n#tryinclude *\n",
    "\n#tryinclude {x,y,../z}\n",
    "\n#exec x\n",
    "(+TEMPLATES=include)",
    "(+,a)",
    "\n",
    "\r\n",
    "\r",
    "\0",
    "\u00a0",
  ],
  ...[
    "\ufeff",
    "\u2028",
    "type=trunk\n",
    "type=station\n",
    "device=SIP/a\n",
    "trunk=a\n",
    "exten => 1,hint,SLA:a_b\n",
    "same => n,X()\n",
  ],
  ...[
    "[a]\n",
    "[A]\n",
    "[__proto__]\n",
    "[general]\n",
    "[0000FFFF0005]\n",
    "md5secret=1\n",
    "include => a\n",
    "[globals]\n",
    "A=${B}${A:1}\n",
    "exten => ${A},n(l),Goto(a,",
    "exten => _X[,1,Read(x)\n",
    "same => n,Dial(SIP/${x}&Local/b@a,",
    "exten => s,2,SLATrunk(a)\n",
    "GotoIf($[",
    "exten => _1!,hint,SIP/${EXTEN}\n",
    "did=1\n",
    "callerid=<12>\n",
    "autocontext=a\n",
    "\ud800",
  ],
  ...[
    "host=1.2.3.4\n",
    "host=a b\n",
    "permit=1.2.3.4/8\n",
    "deny=x\n",
    "register => a:b@c/d~9\n",
    "callbackextension=1\n",
    "qualify=x\n",
  ],
  ...["cc_offer_timer=x\n", "cc_agent_policy=generic\n", "hassip=yes\n", "macaddress=000000000001\n", "hasexten=yes\n"],
  ...[
    "type=endpoint\n",
    "type=auth\n",
    "type=identify\n",
    "type=registration\n",
    "aors=a\n",
    "auth=a\n",
    "endpoint=a\n",
    "match=::1\n",
  ],
  ...[
    "server_uri=sip:a\n",
    "client_uri=sip:a@b\n",
    "type=wizard\n",
    "remote_hosts=a,b\n",
    "sends_registrations=yes\n",
    "has_hint=yes\n",
  ],
  ...[
    "hint_exten=1\n",
    "dial=350+440/5,!0\n",
    "country=uk\n",
    "alias=a\n",
    "contact=sip:a@b:5\n",
    "cc_active_devstate=UNKNOWN\n",
  ],
];
const YAML_PIECES = [
  ...[
    "lines",
    "phones",
    "hints",
    ":",
    ": ",
    "\n",
    "\n  ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&a ",
    "*a",
    "!!x ",
    "|",
    ">",
    '"',
    "'",
    "~",
    "#",
    "? ",
  ],
  ...["000000000001", "__proto__", "label", "---\n", "...\n", "%YAML 1.1\n", "\t", "\0", "<<", "\u00a0"],
];

function anyText(pieces: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...pieces) },
    { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  );
  const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array).toString("latin1"));
  return fc.oneof(
    { weight: 4, arbitrary: fc.array(piece, { maxLength: 60 }).map((parts) => parts.join("")) },
    { weight: 1, arbitrary: bytes },
  );
}

/** A finding is one readable line about a place that is there. */
function assertSound(diagnostics: readonly Diagnostic[], texts: Readonly<Record<string, string>>): void {
  for (const { file, line, column, code, message } of diagnostics) {
    const lines = (texts[file] ?? assert.fail(file)).replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
    const text = lines[line - 1];
    assert.ok(
      text !== undefined && column >= 1 && column <= text.length + 1,
      `${file}:${line}:${column} of ${JSON.stringify(texts)}`,
    );
    assert.match(code, /^(?:SLA|CONF|SIP|EXT|CC|YAML)-[EWI]\d\d$/);
    assert.match(message, /^[^\p{Cc}\p{Zl}\p{Zp}]{5,400}$/u);
  }
}

describe("any text at all", () => {
  it("is read as a .conf file without a throw, and what is said of it is sound", () => {
    fc.assert(
      fc.property(anyText(PIECES), (text) => {
        const { conf, diagnostics, rejected } = parseConf(text, "x.conf");
        assertSound(diagnostics, { "x.conf": text });
        assert.equal(
          rejected,
          diagnostics.some(({ code }) => code === "CONF-E01"),
        );
        const places = conf.sections.flatMap(({ at, entries }) => [at, ...entries.flatMap((entry) => [entry.at, entry.valueAt])]);
        assertSound(
          places.map((at) => ({ ...at, code: "CONF-I00", message: "place" })),
          { "x.conf": text },
        );
      }),
      { numRuns: RUNS },
    );
  });

  it("is read as the files of a site, whose objects have names of their own", () => {
    const files = fc.record(Object.fromEntries(SITE_FILES.map((file) => [file, anyText(PIECES)])));
    fc.assert(
      fc.property(files, (texts) => {
        const { site: written, diagnostics } = readAsteriskSite(texts);
        const site = withGeneratedEntries(written);
        assert.deepEqual(withGeneratedEntries(site), site);
        formatDialplan(listDialplan(site));
        assertSound([...diagnostics, ...checkSite(site)], texts);
        const names = [
          site.trunks.map(({ name }) => name.toLowerCase()),
          site.stations.map(({ name }) => name.toLowerCase()),
          site.accounts.map(({ name }) => name),
          site.phones.map(({ mac }) => mac),
          site.hints.map(({ extension, context }) => `${extension}\n${context}`),
        ];
        for (const list of names) assert.equal(new Set(list).size, list.length);
      }),
      { numRuns: RUNS },
    );
  });

  it("is read as files that include each other, with findings about the files where they are", async () => {
    const files = fc.record({
      "sip.conf": anyText(PIECES),
      "sla.conf": anyText(PIECES),
      x: anyText(PIECES),
      y: anyText(PIECES),
      "z.conf": anyText(PIECES),
    });
    await fc.assert(
      fc.asyncProperty(files, async (texts) => {
        const uploaded = new Map(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)]));
        const { diagnostics } = await readUploadedSite(uploaded);
        // As they were sent: half a character is none.
        assertSound(
          diagnostics,
          Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text).toString()])),
        );
      }),
      { numRuns: RUNS / 2 },
    );
  });

  it("is read as a site.yaml", () => {
    fc.assert(
      fc.property(anyText(YAML_PIECES), (text) => {
        const reading = readYamlSite(text, "site.yaml");
        const { site } = mergeSites(readAsteriskSite({}), reading);
        for (const { code, message, line, column } of [...reading.diagnostics, ...checkSite(site)]) {
          assert.match(code, /^(?:SLA|YAML)-[EWI]\d\d$/);
          assert.match(message, /^[^\p{Cc}]{5,400}$/u);
          assert.ok(column >= 1 && line >= 1 && line <= text.split("\n").length);
        }
        assert.equal(
          reading.unusable !== undefined,
          reading.diagnostics.some(({ code }) => code === "YAML-E01"),
        );
      }),
      { numRuns: RUNS },
    );
  });
});
