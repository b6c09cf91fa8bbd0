import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "#base/package-root";
import type { PhoneView } from "#provisioner/phone-view";
import { knows, modelOf, MODELS } from "#provisioner/vendors/polycom/models";
import { PHONE } from "#provisioner/vendors/polycom/templates";
import { polycom } from "#provisioner/vendors/polycom/polycom";
import { sampleKeys, samplePhone, sampleRegistration } from "#test/unit/provisioner/phone-views";
import { readDocument } from "#test/unit/provisioner/read-document";

// The vendor's own documents are an oracle that the project may not ship: they lie beside a developer's checkout, or these tests are skipped.
const SHARED = join(packageRoot, "../shared");
const SCHEMA = join(SHARED, "schemas/polycom/polycomConfig-4.0.15.1009.xsd");
const CATALOGUE = join(SHARED, "reference/polycom-parameters-all.csv");
const PARAMETERS = join(SHARED, "reference/polycom-parameters.csv");

const hostile = { ...sampleRegistration, label: 'Müller & "Söhne" <1>', password: "p&#65;ss\n'☎️" };
const phones = [
  ...MODELS.map((model) => samplePhone({ model: model.id })),
  samplePhone({ keys: [] }),
  samplePhone({ keys: sampleKeys(48), registrations: Array.from({ length: 34 }, () => hostile) }),
  samplePhone({
    registrations: [{ ...hostile, server: { host: "::1", port: 65_535, transport: "tcp", expiresSeconds: 2_147_483_647 } }],
  }),
];

function linesOf(phone: PhoneView): string {
  const rendered = polycom.render(phone, `${phone.mac}-lines.cfg`);
  assert.ok(rendered.ok, rendered.ok ? "" : rendered.error);
  return rendered.value.body;
}

/** Says why in the report; "" = nothing is missing. */
function skipWhen(test: Mocha.Context, reason: string): void {
  if (reason === "") return;
  if (test.test !== undefined) test.test.title += ` (skipped: ${reason})`;
  test.skip();
}

function missing(path: string): string {
  return existsSync(path) ? "" : "the vendor's documents are not beside this checkout";
}

describe("Polycom files against the vendor's schema of 4.0.15", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lamplighter-polycom-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("are valid for every model and at every limit", function () {
    skipWhen(this, spawnSync("xmllint", ["--version"]).error === undefined ? missing(SCHEMA) : "xmllint is not installed");
    const files = phones.map((phone, at) => {
      const path = join(folder, `${at}-${phone.model}.cfg`);
      writeFileSync(path, linesOf(phone));
      return path;
    });
    execFileSync("xmllint", ["--noout", "--schema", SCHEMA, ...files], { stdio: "pipe" });
  });
});

describe("Polycom parameters against the catalogue", () => {
  const rows = PHONE.call.concat(PHONE.registration, PHONE.attendant, PHONE.key, PHONE.dialog);

  it("stand on their home elements and claim no release too early", function () {
    skipWhen(this, missing(CATALOGUE));
    const catalogue = new Map(
      readFileSync(CATALOGUE, "utf8")
        .split("\n")
        .map((line) => [line.split(",")[0], line.split(",")] as const),
    );
    for (const { name, element, since } of rows) {
      const row = catalogue.get(name.replace("{n}", "N").replace("server.1", "server.M"));
      assert.ok(row !== undefined, name);
      // Parameters that the schema of 4.0.15 does not know have no home there.
      if (row[2] !== "") assert.equal(element.join("/"), row[2], name);
      else assert.ok(since !== undefined && Number(since.split(".")[0]) >= 5, name);
    }
  });

  it("stand on one element each, whatever the model", () => {
    for (const phone of phones)
      for (const [name, home] of readDocument(linesOf(phone)).homes) assert.ok(home !== "" || name.includes("xsi"), name);
  });
});

/** A row of the table of parameters that matter here. */
interface Row {
  readonly home: string;
  readonly type: string;
  readonly allowed: string;
  readonly since: string;
}

/** Cells of a line of CSV; quoted ones may hold commas. */
function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

function readTable(): ReadonlyMap<string, Row> {
  const [, ...lines] = readFileSync(PARAMETERS, "utf8").trim().split("\n");
  return new Map(
    lines.map((line) => {
      const [pattern = "", , type = "", allowed = "", , since = "", home = ""] = cells(line);
      return [pattern, { home, type, allowed, since: since.replace("<=", "").replace(".x", ".0") }];
    }),
  );
}

/** "reg.1.server.1.port" as the table writes it: "reg.N.server.M.port". */
function patternOf(name: string): string {
  return name.replace(/\.\d+/, ".N").replace(/\.\d+/, ".M");
}

/** What is wrong with a value, "" = nothing. */
function wrongValue(value: string, { type, allowed }: Row): string {
  const range = /^(\d+)\.\.(\d+)/.exec(allowed);
  const length = /^len (\d+)\.\.(\d+)$/.exec(allowed);
  if (type === "boolean") return /^[01]$/.test(value) ? "" : "no boolean";
  if (type === "integer") {
    const fits =
      /^\d+$/.test(value) && (range === null || (Number(value) >= Number(range[1]) && Number(value) <= Number(range[2])));
    return fits ? "" : `no whole number of ${allowed}`;
  }
  if (length !== null) return Array.from(value).length <= Number(length[2]) ? "" : "too long";
  const words = allowed.replace(/ \(.*$/, "").split("|");
  return allowed === "" || words.includes(value) ? "" : `none of ${allowed}`;
}

describe("Polycom files against the table of parameters", () => {
  it("hold parameters that exist, on their homes, with values that fit, and none that the model's release does not know", function () {
    skipWhen(this, missing(PARAMETERS));
    const table = readTable();
    let checked = 0;
    for (const phone of phones) {
      const { homes, values } = readDocument(linesOf(phone));
      for (const [name, value] of values) {
        if (name.startsWith("xsi:") || name.startsWith("xmlns")) continue;
        const row = table.get(patternOf(name)) ?? assert.fail(`${name} is in no table`);
        const about = `${phone.model} ${name}="${value}"`;
        if (row.home !== "") assert.equal(homes.get(name), row.home, about);
        assert.equal(wrongValue(value, row), "", about);
        assert.ok(knows(modelOf(phone.model).release, row.since), `${about} came with ${row.since}`);
        checked += 1;
      }
    }
    assert.ok(checked > MODELS.length * 15, `only ${checked} parameters were checked`);
  });

  it("hold exactly what the requirement's sample has, besides where the server is", () => {
    const { values } = readDocument(linesOf(samplePhone({ model: "SPIP_450" })));
    const own = [...values.keys()].filter((name) => !/^(xsi|xmlns)|\.server\.1\.|^reg\.1\.type$|usePvalue$/.test(name));
    assert.deepEqual(own.sort(), [
      "attendant.behaviors.display.remoteCallerID.normal",
      "attendant.behaviors.display.spontaneousCallAppearances.normal",
      "attendant.reg",
      "attendant.resourceList.1.address",
      "attendant.resourceList.1.label",
      "attendant.resourceList.1.type",
      "attendant.resourceList.2.address",
      "attendant.resourceList.2.label",
      "attendant.resourceList.2.type",
      "call.callsPerLineKey",
      "reg.1.address",
      "reg.1.auth.password",
      "reg.1.auth.userId",
      "reg.1.label",
      "reg.1.lineKeys",
      "reg.1.outboundProxy.address",
    ]);
    assert.equal(values.get("attendant.resourceList.2.address"), "L2-0000FFFF0005_T2");
    assert.equal(values.get("attendant.resourceList.2.type"), "normal");
  });

  it("have no white space inside a leaf, which the schema takes for content", () => {
    for (const phone of phones) assert.ok(!/<([\w.]+)(?: [^>]*[^/])?>\s*<\/\1>/.test(linesOf(phone)), phone.model);
  });
});
