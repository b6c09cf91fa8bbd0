import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "#base/package-root";
import type { PhoneView } from "#provisioner/phone-view";
import { MODELS } from "#provisioner/vendors/polycom/models";
import { PHONE } from "#provisioner/vendors/polycom/templates";
import { polycom } from "#provisioner/vendors/polycom/polycom";
import { sampleKeys, samplePhone, sampleRegistration } from "#test/unit/provisioner/phone-views";
import { readDocument } from "#test/unit/provisioner/read-document";

// The vendor's own documents are an oracle that the project may not ship: they lie beside a developer's checkout, or these tests are skipped.
const SHARED = join(packageRoot, "../shared");
const SCHEMA = join(SHARED, "schemas/polycom/polycomConfig-4.0.15.1009.xsd");
const CATALOGUE = join(SHARED, "reference/polycom-parameters-all.csv");

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
