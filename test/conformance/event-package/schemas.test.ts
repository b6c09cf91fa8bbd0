import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "#base/package-root";
import { dialogPackage } from "#event-packages/dialog/dialog-package";
import { listTeller } from "#event-packages/list/list-teller";
import { EVENT_PACKAGES } from "#event-packages/registry";
import { REJECTED } from "#sip/subscription/list";
import { readListNotify } from "#test/support/list-phone";
import { splicedBody } from "#test/support/spliced-body";
import { wholeDocument } from "#test/support/tellings";
import { BODIES, bodyOf } from "./hostile-bodies.ts";
import { ENTITIES, NAMES } from "./hostile-lamps.ts";
import { HOSTILE_STATES } from "./hostile-states.ts";

// The RFCs' schemas are an oracle that the project does not ship: they lie beside a developer's checkout, or the check is skipped.
const SCHEMAS = join(packageRoot, "../shared/schemas");

/** xmllint reads an opaque URI by RFC 2396, which knows no brackets there: echoes of an IPv6 entity are left out. */
const VALIDATED = ENTITIES.filter((entity) => !entity.includes("["));

describe("documents of event packages against the schemas of the RFCs", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lamplighter-bodies-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Why the check cannot run; "" = it can. */
  function missing(): string {
    if (spawnSync("xmllint", ["--version"]).error !== undefined) return "xmllint is not installed";
    return existsSync(join(SCHEMAS, "dialog-info.xsd")) ? "" : "the schemas are not beside this checkout";
  }

  function skipWhen(test: Mocha.Context, reason: string): void {
    if (reason === "") return;
    if (test.test !== undefined) test.test.title += ` (skipped: ${reason})`;
    test.skip();
  }

  function validate(schema: string, bodies: readonly string[]): void {
    assert.ok(bodies.length > 0);
    const files = bodies.map((body, at) => {
      const path = join(folder, `${schema}-${at}.xml`);
      writeFileSync(path, body, "latin1");
      return path;
    });
    const run = spawnSync("xmllint", ["--nonet", "--noout", "--schema", join(SCHEMAS, schema), ...files], {
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    const wrong = run.stderr.split("\n").filter((line) => line !== "" && !line.endsWith(" validates"));
    assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} lines`);
    assert.equal(run.status, 0);
  }

  const bodiesOf = (contentType: string): string[] =>
    BODIES.filter(({ template, profile }) => template.contentType === contentType && profile !== "digium").flatMap(
      ({ template, name }) => (name === NAMES[0] ? VALIDATED : VALIDATED.slice(0, 1)).map((entity) => bodyOf(template, entity)),
    );
  /** Phones read `display` and `pvalue`, which the schema of RFC 4235 does not know (shared/schemas/README.md). */
  const isInTheWild = (body: string): boolean => / (display|pvalue)="/.test(body);

  it("lists are valid by RFC 4662 §5.1", function () {
    skipWhen(this, missing());
    const watcher = { profile: "single", contentType: "application/dialog-info+xml", target: "sip:5001@h", room: 60_000 };
    const bodies = ["sip:keys@pbx.example", "sip:o&m@pbx.example:5070"].flatMap((entity) => {
      const members = NAMES.map((name, at) => ({ user: String(1000 + at), name }));
      const states = members.map(({ user }, at): unknown =>
        at % 3 === 0 ? REJECTED : { extension: user, context: "default", state: "InUse", since: 0, dialogs: [] },
      );
      const { document } = listTeller(dialogPackage).full(undefined, { layout: { members }, states }, { ...watcher, entity });
      return readListNotify(document.contentType ?? "", splicedBody(document, 7, entity)).rlmi;
    });
    validate("rlmi.xsd", bodies);
  });

  it("dialog-info is valid by RFC 4235 §4.4", function () {
    skipWhen(this, missing());
    const bodies = bodiesOf("application/dialog-info+xml");
    validate(
      "dialog-info.xsd",
      bodies.filter((body) => !isInTheWild(body)),
    );
    // What differs is only the spelling that phones want.
    validate(
      "dialog-info.xsd",
      bodies
        .filter(isInTheWild)
        .map((body) =>
          body.replaceAll(/ display="([^"]*)"( display-name="[^"]*")?/g, ' display-name="$1"').replaceAll(' pvalue="no"', ""),
        ),
    );
  });

  it("dialog-info with the spellings of the field is valid by the lenient schema", function () {
    skipWhen(this, missing());
    validate("dialog-info-inbound.xsd", bodiesOf("application/dialog-info+xml"));
  });

  it("PIDF is valid by RFC 3863 §4.4", function () {
    skipWhen(this, missing());
    validate("pidf.xsd", bodiesOf("application/pidf+xml"));
  });

  it("reginfo is valid by RFC 3680 §5.4", function () {
    skipWhen(this, missing());
    const reg = EVENT_PACKAGES.find(({ name }) => name === "reg") ?? assert.fail();
    validate(
      "reginfo.xsd",
      // Contacts are URIs that the registrar has read: names of strangers are not.
      (HOSTILE_STATES["reg"] ?? [])
        .slice(0, 4)
        .map((state) => bodyOf(wholeDocument(reg, state, "single", "application/reginfo+xml"), "sip:1001@pbx.example")),
    );
  });
});
