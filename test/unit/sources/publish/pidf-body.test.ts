import assert from "node:assert/strict";
import { readPidf } from "#sources/publish/pidf-body";
import { documentReport } from "#sources/publish/published-document";

function stateOf(inside: string): string | undefined {
  const read = readPidf(`<p:presence xmlns:p="urn:ietf:params:xml:ns:pidf" entity="sip:1@h">${inside}</p:presence>`);
  assert.ok(read.ok, JSON.stringify(read));
  return documentReport(read.value.document, "test", 1)?.state;
}

const tuple = (basic: string, inside = "", id = "a"): string =>
  `<tuple id="${id}"><status>${basic === "" ? "" : `<basic>${basic}</basic>`}</status>${inside}</tuple>`;
const activities = (...names: string[]): string =>
  `<rpid:activities>${names.map((name) => `<rpid:${name}/>`).join("")}</rpid:activities>`;

describe("presence of a publisher", () => {
  it("tells the state by basic, activities and notes", () => {
    for (const [inside, state] of [
      ["", "UNKNOWN"],
      [tuple(""), "UNKNOWN"],
      [tuple("open"), "NOT_INUSE"],
      [tuple("closed"), "UNAVAILABLE"],
      [tuple("closed", activities("busy")), "UNAVAILABLE"],
      [tuple("open", activities("on-the-phone")), "INUSE"],
      [tuple("open") + `<dm:person>${activities("on-the-phone", "busy")}</dm:person>`, "BUSY"],
      [tuple("open") + `<dm:person>${activities("away")}</dm:person><note>On the phone</note>`, "NOT_INUSE"],
      [tuple("open") + `<dm:person>${activities("permanent-absence")}</dm:person>`, "UNAVAILABLE"],
      [tuple("open") + `<dm:person>${activities("meal")}</dm:person>`, "NOT_INUSE"],
      [tuple("open", "<note>Ringing</note>"), "RINGING"],
      [tuple("open") + "<note> on the PHONE </note>", "INUSE"],
      [tuple("open") + "<note>gone fishing</note>", "NOT_INUSE"],
      [tuple("closed") + tuple("open", "", "b"), "NOT_INUSE"],
    ] as const)
      assert.equal(stateOf(inside), state, inside);
  });

  it("is no document of another kind, nor one of 101 tuples", () => {
    assert.equal(readPidf("<dialog-info/>").ok, false);
    assert.equal(readPidf(`<presence>${tuple("open").repeat(100)}</presence>`).ok, true);
    assert.equal(readPidf(`<presence>${tuple("open").repeat(101)}</presence>`).ok, false);
  });
});
