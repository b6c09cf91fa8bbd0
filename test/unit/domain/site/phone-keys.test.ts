import assert from "node:assert/strict";
import { accountOfDevice, keyLabel } from "#domain/site/key-label";
import { phoneKeys } from "#domain/site/phone-keys";
import { quickly } from "./cpu-time.ts";
import { phoneOf, siteOf, stationOf } from "./site-of.ts";

describe("accountOfDevice", () => {
  it("finds the account in every form of a SIP device, and none elsewhere (sla.md §2.6)", () => {
    for (const device of ["SIP/a", "sip/a", "PJSIP/a", "SIP/100@a", "SIP/a/100"]) assert.equal(accountOfDevice(device), "a");
    for (const device of ["DAHDI/1", "Local/x@a", "a", "SIP/", "Custom/a", ""]) assert.equal(accountOfDevice(device), undefined);
  });
});

describe("keyLabel", () => {
  const label = (name: string, device: string, trunk: string): string =>
    keyLabel(stationOf(name, device), { trunk, ringdelay: 0, ringtimeout: 0 });

  it("is the station's name without its account (design §9.18)", () => {
    assert.equal(label("L1-0000FFFF0005", "SIP/0000FFFF0005", "T1"), "L1");
    assert.equal(label("L1-0000ffff0005", "SIP/0000FFFF0005", "T1"), "L1");
    assert.equal(label("Front-desk-a", "SIP/a", "T1"), "Front-desk");
  });

  it("is else the trunk's name, lineN written Line N", () => {
    assert.equal(label("station1", "SIP/station1", "line1"), "Line 1");
    assert.equal(label("station1", "SIP/station1", "LINE12"), "Line 12");
    assert.equal(label("station1", "SIP/station1", "line1b"), "line1b");
    assert.equal(label("-a", "SIP/a", "T1"), "T1");
    assert.equal(label("x-", "DAHDI/1", "T1"), "T1");
  });

  it("is the written one when there is one", () => {
    const key = { trunk: "line1", label: "Top <1>", ringdelay: 0, ringtimeout: 0 };
    assert.equal(keyLabel(stationOf("L1-a", "SIP/a"), key), "Top <1>");
  });
});

describe("phoneKeys", () => {
  it("follows the stations of the phone's accounts, then their trunks, in the order of the file", () => {
    const stations = [
      stationOf("L2-a", "SIP/a", "T2", "T1"),
      stationOf("L1-b", "SIP/b", "T1"),
      stationOf("L9-c", "SIP/c", "T9"),
      stationOf("L1-a", "sip/A", "T1"),
      { ...stationOf("moved", "SIP/b", "T3"), phone: "0000ffff0005" },
    ];
    const keys = phoneKeys(siteOf({ stations }), phoneOf("0000ffff0005", "b", "A"));
    assert.deepEqual(
      keys.map(({ address, label, station, trunk }) => [address, label, station, trunk]),
      [
        ["L2-a_T2", "L2", "L2-a", "T2"],
        ["L2-a_T1", "L2", "L2-a", "T1"],
        ["L1-b_T1", "L1", "L1-b", "T1"],
        ["L1-a_T1", "L1", "L1-a", "T1"],
        ["moved_T3", "T3", "moved", "T3"],
      ],
    );
    assert.deepEqual(phoneKeys(siteOf({ stations }), phoneOf("0000ffff0006")), []);
  });

  it("looks at 10,000 phones of 40,000 stations in time", () => {
    const stations = Array.from({ length: 40_000 }, (_, at) => stationOf(`L${at % 4}-${at >> 2}`, `SIP/${at >> 2}`, "T"));
    const site = siteOf({ stations });
    quickly(() => {
      for (let at = 0; at < 10_000; at += 1) assert.equal(phoneKeys(site, phoneOf("", String(at))).length, 4);
    });
  });
});
