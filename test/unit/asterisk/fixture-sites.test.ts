import assert from "node:assert/strict";
import { join } from "node:path";
import { readSite } from "#app/site-reading/read-site";
import { packageRoot } from "#base/package-root";
import { formatDiagnostic } from "#domain/site/diagnostic";
import type { Site } from "#domain/site/site";
import { LAYOUTS, layoutOf, type Layout } from "#test/support/layouts";

interface FixtureSite {
  readonly layout: Layout;
  /** `name context` */
  readonly accounts: readonly string[];
  readonly notes: readonly string[];
  /** Every account may ask to be called back, and be waited for (ccss.md §2.2). */
  readonly isGeneric?: true;
}

const STATION_ACCOUNTS = [1, 2, 3, 4].map((phone) => `station${phone} sla_stations`);

/** Sites that are right, one for each layout: what they come to, and everything that is said of them. */
const FIXTURES: Readonly<Record<string, FixtureSite>> = {
  analog: {
    layout: LAYOUTS.analog,
    accounts: STATION_ACCOUNTS,
    notes: ["sla.conf:5:10 SLA-I32", "sla.conf:9:10 SLA-I32"],
  },
  "sip-trunks": { layout: LAYOUTS.sipTrunks, accounts: [...STATION_ACCOUNTS, "myprovider line1"], notes: [] },
  "shared-extension": {
    layout: LAYOUTS.shared,
    accounts: ["5001_phone1 5001", "5001_phone2 5001", "5100 pbx_extensions"],
    notes: [],
  },
  callback: { layout: LAYOUTS.callback, accounts: ["phone1 phones", "phone2 phones"], notes: [], isGeneric: true },
  "ccss-mark-richard": {
    layout: LAYOUTS.markAndRichard,
    accounts: ["Mark phone_calls", "Richard phone_calls"],
    notes: [],
    isGeneric: true,
  },
  "ccss-portuguese": { layout: LAYOUTS.portuguese, accounts: ["1200 internal", "1201 internal"], notes: [], isGeneric: true },
};

async function read(name: string): Promise<{ site: Site; lines: string[] }> {
  const { site, diagnostics, unusable } = await readSite(join(packageRoot, "test/fixtures/sites", name));
  assert.equal(unusable, undefined);
  return { site, lines: diagnostics.map(formatDiagnostic) };
}

describe("the layouts of the requirement, written right", () => {
  for (const [name, { layout, accounts, notes, isGeneric }] of Object.entries(FIXTURES)) {
    it(`${name}: nothing is said of it but what an admin should know`, async () => {
      const { lines } = await read(name);
      assert.deepEqual(
        lines.map((line) => line.split(" ").slice(0, 2).join(" ")),
        notes,
      );
      assert.ok(notes.every((line) => / [A-Z]+-I\d+/.test(line)));
    });

    it(`${name}: its trunks, stations with their keys in order, hints and accounts`, async () => {
      const { site } = await read(name);
      assert.deepEqual(layoutOf(site), layout);
      assert.deepEqual(
        site.accounts.map(({ name: account, context }) => `${account} ${context}`),
        accounts,
      );
      assert.ok(site.accounts.every(({ secret }) => secret !== undefined));
      const cc = isGeneric === true ? { agentPolicy: "generic", monitorPolicy: "generic" } : undefined;
      for (const account of site.accounts) assert.deepEqual(account.cc, cc);
    });
  }
});
