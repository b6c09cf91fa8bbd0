import assert from "node:assert/strict";
import { SharedLines } from "#domain/site/shared-lines";
import { phoneOf, siteOf, stationOf } from "./site-of.ts";

describe("who has a key of a shared line", () => {
  const accountsOf = (...parts: Parameters<typeof siteOf>): readonly string[] | undefined =>
    new SharedLines(siteOf(...parts)).keyOf(["SLA:front_line1"])?.accounts;

  it("is every phone that shows it, with all of its accounts", () => {
    const phones = [phoneOf("000000000001", "Front", "Private"), phoneOf("000000000002", "front", "Other")];
    const stations = [stationOf("front", "SIP/FRONT", "line1")];
    assert.deepEqual(accountsOf({ phones, stations }), ["front", "private", "front", "other"]);
  });

  it("is the account that its device names, where no phone has that", () => {
    const stations = [stationOf("front", "SIP/Front", "line1")];
    assert.deepEqual(accountsOf({ stations }), ["front"]);
  });

  it("is no phone whose MAC is called like the account", () => {
    const stations = [stationOf("front", "SIP/000000000001", "line1")];
    assert.deepEqual(accountsOf({ phones: [phoneOf("000000000001", "desk")], stations }), ["000000000001"]);
  });

  it("is nobody where the station is given to a phone that is not there (design §9.18)", () => {
    const stations = [{ ...stationOf("front", "SIP/front", "line1"), phone: "000000000009" }];
    assert.deepEqual(accountsOf({ phones: [phoneOf("000000000001", "front")], stations }), []);
  });
});
