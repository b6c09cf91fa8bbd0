import assert from "node:assert/strict";
import { readAsteriskSite } from "#asterisk/read-asterisk-site";
import { withGeneratedEntries } from "#domain/site/generated-entries";
import { AdminUnderTest } from "./admin-under-test.ts";

const EXTENSIONS =
  "[phones]\ninclude => out\nexten => _X.,1,NoOp()\nexten => 100,hint,SIP/a\nexten => 100,1(top),Dial(SIP/a)\n[out]\n";
const SLA = "[T]\ntype=trunk\ndevice=SIP/p\nautocontext=in\n";

describe("the dialplan in the API", () => {
  const admin = new AdminUnderTest();
  before(async () => {
    admin.site = withGeneratedEntries(readAsteriskSite({ "extensions.conf": EXTENSIONS, "sla.conf": SLA }).site);
    await admin.start();
  });
  after(() => admin.stop());

  it("lists its contexts in short", async () => {
    const { json } = await admin.ask("GET", "/api/v1/dialplan?limit=2");
    assert.deepEqual(json, {
      items: [
        { context: "phones", extensions: 2, hints: 1, includes: ["out"] },
        { context: "out", extensions: 0, hints: 0, includes: [] },
      ],
      next: "1.out",
    });
  });

  it("shows what is in one, in the order of matching, and where it came from", async () => {
    const { json } = await admin.ask("GET", "/api/v1/dialplan/phones");
    assert.deepEqual(json.extensions, [
      {
        extension: "100",
        hint: { devices: ["SIP/a"], from: "extensions.conf:4" },
        steps: [{ priority: 1, label: "top", application: "Dial", args: "SIP/a", from: "extensions.conf:5" }],
      },
      { extension: "_X.", steps: [{ priority: 1, application: "NoOp", args: "", from: "extensions.conf:3" }] },
    ]);
    const { json: generated } = await admin.ask("GET", "/api/v1/dialplan/in");
    assert.equal(generated.extensions[0].steps[0].from, "generated for trunk T");
  });

  it("names the nearest of a context that is not there", async () => {
    const { status, json } = await admin.ask("GET", "/api/v1/dialplan/phnes");
    assert.deepEqual([status, json.detail], [404, 'There is no context phnes (did you mean "phones"?).']);
  });
});
