import assert from "node:assert/strict";
import { knows, modelOf, MODELS } from "#provisioner/vendors/polycom/models";

describe("the table of models", () => {
  it("has a row for the models that the requirement names, and no id twice", () => {
    for (const id of ["generic", "SPIP_450", "SPIP_650"])
      assert.ok(
        MODELS.some((model) => model.id === id),
        id,
      );
    assert.equal(new Set(MODELS.map((model) => model.id.toLowerCase())).size, MODELS.length);
  });

  it("finds a model by id or name in any spelling", () => {
    for (const name of ["VVX_400", "vvx400", "VVX 400", "vvx-400"]) assert.equal(modelOf(name).id, "VVX_400");
    assert.equal(modelOf("SoundPoint IP 450").id, "SPIP_450");
  });

  it("takes every unknown model for the generic one", () => {
    for (const name of ["", "VVX", "400", "__proto__", "constructor", "snom"]) assert.equal(modelOf(name).id, "generic");
  });

  it("holds to 8 calls a key where there are one or two keys", () => {
    for (const { id, lineKeys, callsPerLineKey } of MODELS)
      assert.equal(callsPerLineKey, lineKeys !== null && lineKeys <= 2 ? 8 : 24, id);
  });

  it("orders releases by their numbers", () => {
    assert.ok(knows("4.0.15", "4.0.9"));
    assert.ok(knows("5.9", "5.9.0"));
    assert.ok(knows("4.0.15", undefined));
    assert.ok(!knows("4.0.15", "5.9"));
    assert.ok(!knows("3.1.8", "3.2"));
  });
});
