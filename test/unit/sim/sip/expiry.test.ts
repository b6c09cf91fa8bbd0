import assert from "node:assert/strict";
import { phoneModel } from "#sim/phone-model";
import { refreshDelayMs } from "#sim/sip/expiry";
import { accountUri, escapeUser, resourceUri } from "#sim/sip/sip-address";

describe("a phone's refreshing", () => {
  it("comes a minute before the end, at half time when that is short", () => {
    assert.deepEqual([3600, 120, 100, 60, 2].map(refreshDelayMs), [3_540_000, 60_000, 50_000, 30_000, 1000]);
  });
});

describe("a phone's addresses", () => {
  it("stand at the registrar unless they name a host", () => {
    assert.equal(resourceUri("L1-0000FFFF0005_T1", "10.0.0.1"), "sip:L1-0000FFFF0005_T1@10.0.0.1");
    assert.equal(resourceUri("sip:100@elsewhere.example", "10.0.0.1"), "sip:100@elsewhere.example");
    assert.equal(accountUri("100", "2001:db8::1"), "sip:100@[2001:db8::1]");
  });

  it("are escaped byte by byte", () => {
    assert.equal(escapeUser("Tür 1<2>"), "T%C3%BCr%201%3C2%3E");
    assert.equal(escapeUser("*30"), "*30");
  });
});

describe("a phone's model", () => {
  it("is known by any spelling, and stands for the default one when it is not ours", () => {
    for (const name of ["SPIP_450", "spip450", "polycom/SPIP-450"]) assert.equal(phoneModel(name).name, "SPIP_450");
    for (const name of ["generic", "", "CCX_500", undefined]) assert.equal(phoneModel(name).name, "VVX_400");
    assert.match(phoneModel("VVX_500").userAgent, /^PolycomVVX-VVX_500-UA\/5\.9\./);
    assert.equal(phoneModel("SPIP_650").knowsHoldLamp, false);
  });
});
