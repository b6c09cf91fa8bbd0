import assert from "node:assert/strict";
import { readUploadedSite } from "#app/site-reading/read-site";

const SECRET = "Hush-Hush";

describe("findings about lines that hold secrets", () => {
  for (const [file, text] of [
    ["sip.conf", `[a]\nsecret=${SECRET}\n[a](+secret=${SECRET}.*)\ntype=friend`],
    ["pjsip.conf", `[a]\ntype=endpoint\naors=a\n[a]\ntype=aor\ncontact=sip:u:${SECRET}@h:99999`],
    ["site.yaml", `accounts: { a: { md5secret: ${SECRET} } }`],
  ] as const)
    it(`do not quote them: ${file}`, async () => {
      const { diagnostics } = await readUploadedSite(new Map([[file, Buffer.from(text)]]));
      assert.ok(diagnostics.length > 0);
      assert.doesNotMatch(JSON.stringify(diagnostics), new RegExp(SECRET));
    });
});
