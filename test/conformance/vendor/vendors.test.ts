import assert from "node:assert/strict";
import { uploaderOf, vendorOf, VENDORS } from "#provisioner/registry";
import { vendorSuite } from "./vendor-suite.ts";

for (const vendor of VENDORS) vendorSuite(vendor);

describe("the registry of vendors", () => {
  it("finds each by its id, and nobody by another", () => {
    for (const vendor of VENDORS) assert.equal(vendorOf(vendor.id), vendor);
    for (const id of ["", "Polycom ", "__proto__"]) assert.equal(vendorOf(id), undefined);
  });

  it("knows whose upload a name is, and that most are nobody's", () => {
    assert.equal(uploaderOf("0004f2000001-app.log"), "0004f2000001");
    for (const name of ["", "app.log", "0004f2000001.cfg", "0004f2000001-app.log.sh", "../0004f2000001-app.log"])
      assert.equal(uploaderOf(name), undefined);
  });
});
