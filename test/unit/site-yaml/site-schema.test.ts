import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { parse } from "yaml";
import { packageRoot } from "#base/package-root";
import { schemaText } from "#cli/schema";
import { readYamlSite } from "#site-yaml/read-yaml-site";
import { siteSchema } from "#site-yaml/site-schema";
import { writeYamlSite } from "#site-yaml/write-yaml-site";
import { anySite } from "#test/property/site-yaml/any-site";
import { WHOLE_SITE } from "./whole-site.ts";

const SHIPPED = "provisioning/schema/site.schema.json";

const validator = new Ajv2020({ allowUnionTypes: true, allErrors: true });
const validate = validator.compile(siteSchema());

/** What an editor that follows the schema would underline. */
function mistakesIn(text: string): string[] {
  // Editors read YAML 1.2 with its types: 20 is a number, 0000FFFF0005 a word.
  validate(parse(text) ?? {});
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}

function yamlFilesBelow(folder: string): string[] {
  return readdirSync(join(packageRoot, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(folder, name));
}

describe("the JSON Schema of site.yaml", function () {
  this.timeout(20_000);

  it("ships as its tables have it: lamplighter schema prints it", () => {
    assert.equal(
      readFileSync(join(packageRoot, SHIPPED), "utf8"),
      schemaText(),
      `write ${SHIPPED} anew: lamplighter schema > ${SHIPPED}`,
    );
  });

  it("takes every site.yaml that ships", () => {
    const files = [...yamlFilesBelow("provisioning"), ...yamlFilesBelow("test/fixtures")];
    assert.ok(files.length > 0);
    for (const file of files) assert.deepEqual(mistakesIn(readFileSync(join(packageRoot, file), "utf8")), [], file);
  });

  it("takes what the documentation shows", () => {
    const shown = ["README.md", "provisioning/README.md", "src/site-yaml/read-yaml-site.ts"].flatMap((file) => {
      const text = readFileSync(join(packageRoot, file), "utf8").replace(/^ \* ?/gm, "");
      return [...text.matchAll(/^```yaml\n([^]*?)^```/gm)].map(([, example = ""]) => ({ file, example }));
    });
    assert.ok(shown.length > 0);
    for (const { file, example } of shown) {
      assert.deepEqual(mistakesIn(example), [], `${file}\n${example}`);
      assert.deepEqual(readYamlSite(example, file).diagnostics, []);
    }
  });

  it("takes a file with every field, and the reader says nothing to it", () => {
    assert.deepEqual(mistakesIn(WHOLE_SITE), []);
    assert.deepEqual(readYamlSite(WHOLE_SITE, "site.yaml").diagnostics, []);
  });

  it("takes whatever the product writes", () => {
    fc.assert(
      fc.property(anySite, (site) => {
        const text = writeYamlSite(site, { header: [], commentsOf: () => [] });
        assert.deepEqual(mistakesIn(text), [], text);
      }),
      { numRuns: 100 },
    );
  });

  it("underlines what the reader names", () => {
    for (const text of [
      "contxt: x",
      "lines: {A: {colour: red}}",
      "lines: {A: {ringtimeout: 90000}}",
      "phones: {000000000001: [x]}",
      "settings: {attemptcallerid: perhaps}",
      "accounts: {a: {transports: [pigeon]}}",
      "contexts: {a: {extensions: {s: [{runn: x}]}}}",
      "limits: {openTransactions: 9}",
      "featureCodes: {callCompletionRequest: call me}",
    ]) {
      assert.notDeepEqual(mistakesIn(text), [], text);
      assert.notDeepEqual(readYamlSite(text, "site.yaml").diagnostics, [], text);
    }
  });

  it("has a sentence for every field", () => {
    const silent: string[] = [];
    const look = (schema: Readonly<Record<string, unknown>>, path: string): void => {
      for (const [name, field] of Object.entries((schema["properties"] ?? {}) as Record<string, Record<string, unknown>>)) {
        if (typeof field["description"] !== "string") silent.push(`${path}/${name}`);
        look(field, `${path}/${name}`);
      }
      const inner = [schema["items"], schema["additionalProperties"], ...((schema["anyOf"] ?? []) as unknown[])];
      for (const part of inner)
        if (typeof part === "object" && part !== null) look(part as Readonly<Record<string, unknown>>, `${path}/*`);
    };
    look(siteSchema(), "");
    assert.deepEqual(silent, []);
  });
});
