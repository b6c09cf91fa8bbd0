import assert from "node:assert/strict";
import { defaultStates } from "#domain/lamp/default-state";
import { EMPTY_SITE, type Site } from "#domain/site/site";

const key = { trunk: "T1", ringdelay: 0, ringtimeout: 0 };
const SITE: Site = {
  ...EMPTY_SITE,
  stations: [{ name: "L1-a", device: "SIP/a", keys: [key], ringdelay: 0, ringtimeout: 0, hold: "open", origin: "test" }],
  accounts: [{ name: "a", context: "c", subscribeContext: "c", origin: "test" }],
};

describe("the state of a device of which nobody says anything", () => {
  const cases: Readonly<Record<string, string>> = {
    "SLA:L1-a_T1": "NOT_INUSE",
    "sla:L1-a_T1": "NOT_INUSE",
    "SLA:L1-a_T2": "INVALID",
    "SIP/a": "UNAVAILABLE",
    "PJSIP/a": "UNAVAILABLE",
    "SIP/b": "INVALID",
    "SIP/__proto__": "INVALID",
    "Custom:lamp": "UNKNOWN",
    "ccss:SIP/a": "UNKNOWN",
    "DAHDI/1": "UNKNOWN",
    "Nothing/1": "INVALID",
    "Nothing:1": "INVALID",
    a: "INVALID",
    "": "INVALID",
  };
  for (const [device, state] of Object.entries(cases)) {
    it(`is ${state} for ${device === "" ? "no name" : device}`, () => {
      assert.equal(defaultStates(SITE)(device), state);
    });
  }
});
