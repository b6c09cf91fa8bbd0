import assert from "node:assert/strict";
import { join } from "node:path";
import { packageRoot } from "#base/package-root";
import { check } from "../check/run-check.ts";

/** Notes that the layouts mean: passwords are made by the server, a phone of the alternate layout has a station a key. */
const MEANT = /^(?:sip\.conf:\d+:\d+ SIP-I01|sla\.conf:\d+:\d+ SLA-I33) /;

describe("sample sites: lamplighter check", () => {
  for (const name of ["analog", "sip-trunks", "alternate", "shared-extension", "additional"])
    it(`has nothing to say of ${name} but what is meant`, async () => {
      const { code, out } = await check(join(packageRoot, "provisioning/sites", name));
      assert.equal(code, 0, out.join("\n"));
      assert.ok(out.length > 0);
      for (const finding of out) assert.match(finding, MEANT);
    });
});
