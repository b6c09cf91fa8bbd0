import assert from "node:assert/strict";
import { readUserAgent } from "#provisioner/vendors/polycom/user-agent";

describe("what a Polycom phone says of itself", () => {
  const known: readonly (readonly [string, object])[] = [
    [
      "FileTransport PolycomSoundPointIP-SPIP_335-UA/4.2.1.0275",
      { model: "SPIP_335", token: "SPIP_335", version: "4.2.1.0275", stage: "unknown" },
    ],
    [
      "FileTransport PolycomSoundPointIP-SPIP_550-UA/4.0.15.1047 (SN:0004A11A1A1A) Type/Application",
      { model: "SPIP_550", token: "SPIP_550", version: "4.0.15.1047", stage: "application", mac: "0004a11a1a1a" },
    ],
    [
      "FileTransport PolycomVVX-VVX_500-UA/5.9.7.47435 Type/Updater",
      { model: "VVX_500", token: "VVX_500", version: "5.9.7.47435", stage: "updater" },
    ],
    [
      "FileTransport PolyCCX-CCX_600-UA/8.0.2.3267 (SN:482567b5313f) Type/Application",
      { model: "CCX_600", token: "CCX_600", version: "8.0.2.3267", stage: "application", mac: "482567b5313f" },
    ],
    [
      "PolyEdge-Edge_E350-UA/8.3.1.0614_f04ea4691c59",
      { model: "Edge_E350", token: "Edge_E350", version: "8.3.1.0614", stage: "unknown", mac: "f04ea4691c59" },
    ],
    [
      "Microbrowser/1.1 PolycomSoundPointIP-SPIP_550-UA/4.0.15.1047 Type/Application",
      { model: "SPIP_550", token: "SPIP_550", version: "4.0.15.1047", stage: "application" },
    ],
    ["PolycomVVX-VVX_999-UA/5.9.7.4477", { token: "VVX_999", version: "5.9.7.4477", stage: "unknown" }],
  ];
  for (const [header, expected] of known)
    it(`reads ${header}`, () => {
      assert.deepEqual(readUserAgent(header), expected);
    });

  it("reads nothing into what is not a phone's", () => {
    const others = ["", "curl/8", "FileTransport Polycom", "PolycomVVX-VVX_500-UA/", "xPolycomVVX-VVX_500-UA/5.9"];
    for (const header of [...others, `PolycomVVX-VVX_500-UA/5.9${".1".repeat(500)}`])
      assert.equal(readUserAgent(header), undefined, header);
  });
});
