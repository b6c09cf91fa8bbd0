import assert from "node:assert/strict";
import { readXml } from "#base/xml/read-xml";
import { formatDiagnostic } from "#domain/site/diagnostic";
import { checkConfig } from "#provisioner/vendors/polycom/check-config";
import { configPhone } from "#provisioner/vendors/polycom/config-phone";
import { isPolycomConfig, readPolycomConfig } from "#provisioner/vendors/polycom/read-config";

/** A file of a phone as a page prints it: every quote and dash typographic. */
const PRINTED = `<?xml version=”1.0″ encoding=”UTF-8″?>
<!– one registration, two watched keys –>
<polycomConfig>
<reg reg.1.address=”0000FFFF0007″
reg.1.auth.password=”welcome”
reg.1.label=”Front desk”
reg.1.lineKeys=”1″
reg.1.outboundProxy.address=””>
</reg>
<attendant attendant.reg=”1″
attendant.resourceList.1.address=”A-0000FFFF0007_T1″
attendant.resourceList.1.label=’A’
attendant.resourceList.1.type=”normal”
attendant.resourceList.2.address=”B-0000FFFF0007_T2″
/>
</polycomConfig>
`;

function linesOf(text: string, file = "phone.cfg"): string[] {
  return readPolycomConfig(text, file).diagnostics.map(formatDiagnostic);
}

describe("the file of a Polycom phone, read", () => {
  it("gives parameters with the place of their values, and says nothing of a good file", () => {
    const reading = readPolycomConfig(
      `<polycomConfig xmlns:xsi="x">\n  <reg reg.1.address='a' reg.1.label="b&amp;c"/>\n</polycomConfig>`,
      "p.cfg",
    );
    assert.deepEqual(
      [...reading.parameters.values()].map(({ name, value, at }) => `${at.file}:${at.line}:${at.column} ${name}=${value}`),
      ["p.cfg:2:23 reg.1.address=a", "p.cfg:2:39 reg.1.label=b&c"],
    );
    assert.deepEqual([reading.rejected, reading.diagnostics], [false, []]);
  });

  it("names every printed quote and dash with line and column, and replaces them (D5, D6, SLA-W20)", () => {
    const { diagnostics, repaired, parameters, rejected } = readPolycomConfig(PRINTED, "p.cfg");
    const expected = PRINTED.split("\n").flatMap((line, number) =>
      [...line.matchAll(/[”″’–]/g)].map(({ 0: sign, index }) => `${number + 1}:${index + 1} ${sign}`),
    );
    const points = new Map(["”", "″", "’", "–"].map((sign) => [`U+${sign.charCodeAt(0).toString(16).toUpperCase()}`, sign]));
    assert.deepEqual(
      diagnostics.map(({ line, column, message }) => `${line}:${column} ${points.get(message.split(" ")[0] ?? "") ?? ""}`),
      expected,
    );
    assert.ok(diagnostics.every(({ code }) => code === "SLA-W20"));
    assert.equal(repaired, PRINTED.replaceAll(/[”″]/g, '"').replaceAll("’", "'").replace("<!–", "<!--").replace("–>", "-->"));
    assert.equal(readXml(repaired).ok, true);
    assert.equal(rejected, false);
    assert.equal(parameters.size, 10);
    assert.deepEqual(parameters.get("attendant.resourceList.1.label")?.at, { file: "p.cfg", line: 12, column: 33 });
  });

  it("repairs what is repaired already into itself", () => {
    const { repaired } = readPolycomConfig(PRINTED, "p.cfg");
    assert.deepEqual([readPolycomConfig(repaired, "p.cfg").repaired, linesOf(repaired)], [repaired, []]);
  });

  it("ends a value that one kind of quote began and the other ends, and replaces printed blanks between attributes", () => {
    const { repaired, parameters } = readPolycomConfig(`<reg reg.1.label="L1”\u00a0reg.2.label=“L2" reg.3.label='L3’/>`, "p.cfg");
    assert.equal(repaired, `<reg reg.1.label="L1" reg.2.label="L2" reg.3.label='L3'/>`);
    assert.deepEqual(
      [...parameters.values()].map(({ value }) => value),
      ["L1", "L2", "L3"],
    );
  });

  it("keeps what is printed inside values, comments and marked sections, and names only the values", () => {
    const text = `<reg reg.1.label="Ann’s – “hall” –>"><!-- – ” --><![CDATA[”]]></reg>`;
    const { repaired, parameters, diagnostics } = readPolycomConfig(text, "p.cfg");
    assert.equal(repaired, text);
    assert.equal(parameters.get("reg.1.label")?.value, "Ann’s – “hall” –>");
    assert.deepEqual(
      diagnostics.map(({ column }) => column),
      [22, 25, 27, 32, 34],
    );
    assert.match(diagnostics[0]?.message ?? "", /^U\+2019 is kept in this value/);
  });

  it("says where a file is no XML (CONF-E41), and takes no DOCTYPE, depth or size without end", () => {
    assert.deepEqual(linesOf("<reg reg.1.label='a'\n reg.1.label='b'/>"), [
      "phone.cfg:2:18 CONF-E41 is no XML, the phone refuses the file (duplicate attribute: reg.1.label.): mend it here",
    ]);
    assert.match(linesOf(`<!DOCTYPE a [<!ENTITY x "y">]><reg a.b="&x;"/>`).join(), /DOCTYPE is not allowed/);
    assert.match(linesOf("<reg>".repeat(33)).join(), /nested too deep/);
    assert.match(linesOf(`<reg>${" ".repeat(1_048_576)}</reg>`).join(), /document too large/);
    assert.equal(readPolycomConfig("<reg a.b='1'", "p.cfg").rejected, true);
  });

  it("names 500 signs one by one and the rest in one line", () => {
    const lines = linesOf(`<reg ${Array.from({ length: 300 }, (_, index) => `a.${index}=”1”`).join(" ")}/>`);
    assert.equal(lines.length, 501);
    assert.match(lines.at(-1) ?? "", /SLA-W20 and 100 more signs of a printed page/);
  });

  it("takes no longer for a hostile text than for a good one of its size", () => {
    for (const part of ["”", "=”", "<!–", "–>", `"”a`, "<", "<!--", "<![CDATA[", "<?x", "\n", `” `, "a"]) {
      const before = performance.now();
      readPolycomConfig(`<reg ${part.repeat(Math.floor(1_000_000 / part.length))}`, "p.cfg");
      assert.ok(performance.now() - before < 5000, part);
    }
  });

  it("is told from other programs' files by its elements", () => {
    assert.ok(isPolycomConfig(PRINTED) && isPolycomConfig("<PHONE_CONFIG><ALL/></PHONE_CONFIG>"));
    assert.ok(!isPolycomConfig("<flat-profile><Line_1>x</Line_1></flat-profile>") && !isPolycomConfig("reg = 1"));
  });
});

describe("the phone that such a file describes", () => {
  it("has the MAC of the file's name, its registrations and its keys", () => {
    const phone = configPhone(readPolycomConfig(PRINTED, "x"), "tftp/0000FFFF0007-phone.cfg");
    assert.equal(phone.mac, "0000ffff0007");
    assert.deepEqual(
      phone.registrations.map(({ at, ...rest }) => ({ ...rest, line: at.line })),
      [{ number: 1, address: "0000FFFF0007", label: "Front desk", secret: "welcome", lineKeys: 1, line: 4 }],
    );
    assert.deepEqual(
      phone.keys.map(({ number, address, label, type }) => [number, address, label, type]),
      [
        [1, "A-0000FFFF0007_T1", "A", "normal"],
        [2, "B-0000FFFF0007_T2", undefined, undefined],
      ],
    );
    assert.equal(configPhone(readPolycomConfig(PRINTED, "x"), "reg-basic.cfg").mac, undefined);
  });

  function notes(text: string, model?: string): string[] {
    const reading = readPolycomConfig(text, "p.cfg");
    return checkConfig(reading.parameters, configPhone(reading, "p.cfg"), model).map(formatDiagnostic);
  }

  it("is warned of a password that everybody tries (D8, CONF-W41), which is not repeated", () => {
    assert.deepEqual(notes(PRINTED), [
      "p.cfg:5:22 CONF-W41 reg.1.auth.password is a common default, in clear: write a long random one",
      "p.cfg:8:30 CONF-I42 reg.1.outboundProxy.address is empty and has no effect: leave it out, or write a name",
    ]);
    assert.deepEqual(
      notes(`<reg reg.1.address="200" reg.1.auth.password="200" device.auth.localAdminPassword="456"/>`).map(
        (line) => line.split(":")[2],
      ),
      [
        "47 CONF-W41 reg.1.auth.password is the user's name, in clear",
        "84 CONF-W41 device.auth.localAdminPassword is a common default, in clear",
      ],
    );
    assert.deepEqual(notes(`<reg reg.1.address="200" reg.1.auth.password="qL8-vz0-Tr5" reg.1.label="welcome"/>`), []);
  });

  it("is noted when it needs more keys than its model has (D7, CONF-I41)", () => {
    const text = `<reg reg.1.address="a" reg.1.lineKeys="4"/>`;
    assert.match(notes(text, "SPIP_450").join(), /^p\.cfg:1:21 CONF-I41 4 keys are needed, .*450.* has 3: ask for fewer/);
    assert.deepEqual(
      [notes(text), notes(PRINTED.replace("welcome", "q8-r7").replace(/^.*Proxy.*$/m, ">"), "SPIP_450")],
      [[], []],
    );
  });
});
