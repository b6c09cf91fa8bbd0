import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSite } from "#app/read-site";
import { packageRoot } from "#base/package-root";
import { ContextSearch } from "#domain/dialplan/context-search";
import { formatDiagnostic, severityOf } from "#domain/site/diagnostic";
import { phoneKeys } from "#domain/site/phone-keys";
import type { Site } from "#domain/site/site";

// The printed example that the sample site rewrites lies beside a developer's checkout, or these tests are skipped and say so.
const FOLDER = join(packageRoot, "../shared/requirements");

const SIP = `[general]
[0000FFFF0005]
secret = welcome
context = LocalSets
[0000FFFF0006]
secret = welcome6
context = LocalSets
`;

/** The chapter of the example, as printed. */
function chapter(): string | undefined {
  const name = existsSync(FOLDER) ? readdirSync(FOLDER).find((file) => file.startsWith("004_")) : undefined;
  if (name === undefined) return undefined;
  const text = readFileSync(join(FOLDER, name), "utf8");
  return text.split("Alternate Key System Example with SIP Trunks")[1]?.split("Shared Extension Example")[0];
}

/** What one would type of it: each block from a section header to the next line of prose. */
function snippets(text: string): string[] {
  const found: string[][] = [];
  let isInside = false;
  for (const line of text.split("\n")) {
    const isHeader = line.startsWith("[");
    if (isHeader && !isInside) found.push([]);
    isInside = isHeader || (isInside && (line.trim() === "" || /^\S+\s*=/.test(line)));
    if (isInside) found.at(-1)?.push(line);
  }
  return found.map((lines) => lines.join("\n"));
}

async function readTyped(text: string): Promise<{ site: Site; lines: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "lamplighter-text-"));
  const isDialplan = (snippet: string): boolean => /^(?:exten|same|include)\s*=>/m.test(snippet);
  try {
    writeFileSync(join(folder, "sip.conf"), SIP);
    writeFileSync(
      join(folder, "sla.conf"),
      snippets(text)
        .filter((snippet) => !isDialplan(snippet))
        .join("\n"),
    );
    writeFileSync(join(folder, "extensions.conf"), snippets(text).filter(isDialplan).join("\n"));
    const { site, diagnostics, unusable } = await readSite(folder);
    assert.equal(unusable, undefined);
    assert.deepEqual(diagnostics.filter((diagnostic) => severityOf(diagnostic) === "E").map(formatDiagnostic), []);
    return { site, lines: diagnostics.map(formatDiagnostic) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the alternate key system example, typed as it is printed", () => {
  let text = "";

  before(function () {
    const found = chapter();
    if (found === undefined) {
      if (this.test?.parent !== undefined) this.test.parent.title += ` (skipped: there is no 004_*.txt in ${FOLDER})`;
      this.skip();
    }
    text = found;
  });

  it("gives its trunks, stations, accounts and phones", async () => {
    const { site } = await readTyped(text);
    assert.deepEqual(
      site.trunks.map(({ name, device }) => `${name} ${device}`),
      ["T1 Local/trunk1@sla_trunks/n", "T2 Local/trunk2@sla_trunks/n"],
    );
    assert.deepEqual(
      site.stations.map(({ name, device, keys }) => `${name} ${device} ${keys.map(({ trunk }) => trunk).join()}`),
      ["5", "6"].flatMap((end) => [1, 2].map((line) => `L${line}-0000FFFF000${end} SIP/0000FFFF000${end} T${line}`)),
    );
    assert.deepEqual(
      site.accounts.map(({ name, secret }) => `${name} ${secret ?? ""}`),
      ["0000FFFF0005 welcome", "0000FFFF0006 welcome6"],
    );
    assert.deepEqual(
      site.phones.map(
        (phone) =>
          `${phone.mac} ${phoneKeys(site, phone)
            .map(({ address, label }) => `${label}=${address}`)
            .join(" ")}`,
      ),
      ["0000ffff0005 L1=L1-0000FFFF0005_T1 L2=L2-0000FFFF0005_T2", "0000ffff0006 L1=L1-0000FFFF0006_T1 L2=L2-0000FFFF0006_T2"],
    );
  });

  it("gives the hints of [LocalSets] and its include", async () => {
    const { site } = await readTyped(text);
    assert.deepEqual(
      site.hints.map(({ extension, context, devices }) => `${extension}@${context} ${devices.join()}`),
      ["L1-0000FFFF0005_T1", "L2-0000FFFF0005_T2", "L1-0000FFFF0006_T1", "L2-0000FFFF0006_T2"].map(
        (name) => `${name}@LocalSets SLA:${name}`,
      ),
    );
    assert.deepEqual(new ContextSearch(site.dialplan).from("LocalSets"), ["LocalSets", "SLA_Outbound"]);
  });

  it("names its no-break blanks and nothing worse", async () => {
    const { lines } = await readTyped(text);
    const kinds = lines.map((line) => line.split(" ")[1]);
    assert.deepEqual([...new Set(kinds)].sort(), ["EXT-I04", "EXT-I07", "SLA-I31", "SLA-I33", "SLA-W20"]);
    assert.equal(kinds.filter((kind) => kind === "SLA-W20").length, 4);
  });

  it("does not mind no-break blanks after the arrow, where the same text prints them elsewhere", async () => {
    const plain = await readTyped(text);
    const odd = await readTyped(text.replaceAll("=> L", "=>\u00a0L"));
    assert.deepEqual(odd.site, plain.site);
    assert.equal(odd.lines.length - plain.lines.length, 4);
  });
});
