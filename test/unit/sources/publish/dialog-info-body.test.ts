import assert from "node:assert/strict";
import { readDialogInfo } from "#sources/publish/dialog-info-body";
import { documentReport, withoutParts, type PublishedDocument } from "#sources/publish/published-document";

function documentOf(dialogs: string, attributes = 'version="7" state="full" entity="sip:1@h"'): PublishedDocument {
  const read = readDialogInfo(`<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" ${attributes}>${dialogs}</dialog-info>`);
  assert.ok(read.ok, JSON.stringify(read));
  return read.value.document;
}

function stateOf(dialogs: string): string | undefined {
  return documentReport(documentOf(dialogs), "test", 1)?.state;
}

const dialog = (state: string, direction = "", inside = "", id = "a"): string =>
  `<dialog id="${id}" ${direction === "" ? "" : `direction="${direction}"`}><state>${state}</state>${inside}</dialog>`;
const HELD = (spelling: string): string =>
  `<local><target uri="sip:1@h"><param pname="+sip.rendering" ${spelling}="no"/></target></local>`;

describe("dialog-info of a publisher", () => {
  it("tells the state of the device by its dialogs (D-5)", () => {
    for (const [dialogs, state] of [
      ["", "NOT_INUSE"],
      [dialog("terminated"), "NOT_INUSE"],
      [dialog("trying", "recipient"), "RINGING"],
      [dialog("proceeding"), "RINGING"],
      [dialog(" Early "), "RINGING"],
      [dialog("early", "initiator"), "INUSE"],
      [dialog("trying", "initiator"), "INUSE"],
      [dialog("confirmed"), "INUSE"],
      [dialog("confirmed", "", HELD("pval")), "ONHOLD"],
      [dialog("confirmed", "", HELD("pvalue")), "ONHOLD"],
      [dialog("confirmed", "", HELD("pval")) + dialog("confirmed", "", "", "b"), "INUSE"],
      [dialog("confirmed") + dialog("early", "recipient", "", "b"), "RINGINUSE"],
      [dialog("terminated") + dialog("early", "recipient", "", "b"), "RINGING"],
    ] as const)
      assert.equal(stateOf(dialogs), state, dialogs);
  });

  it("tells the other party, whatever is left out", () => {
    const remote =
      '<remote><identity display="J\u00f6rg &lt;1&gt;">&quot;x&quot; &lt;sip:j@h&gt;</identity><target uri="sip:j@192.0.2.1"/></remote>';
    const [part] = documentOf(dialog("early", "recipient", remote)).parts;
    assert.deepEqual(part?.dialog, {
      id: "a",
      direction: "recipient",
      phase: "early",
      remote: { uri: "sip:j@h", name: "J\u00f6rg <1>", target: "sip:j@192.0.2.1" },
    });
    const bad = "<remote><identity>javascript:alert(1)</identity><target/></remote>";
    assert.equal(documentOf(dialog("early", "", bad)).parts[0]?.dialog?.remote, undefined);
    const bare = documentOf('<dialog call-id="c"><state>early</state></dialog>', "").parts[0];
    assert.deepEqual(bare?.dialog, { id: "c", direction: "recipient", phase: "early" });
  });

  it("may have any prefix and version (P-19)", () => {
    const text =
      '<d:dialog-info xmlns:d="urn:x" version="-3"><d:dialog id="a"><d:state>early</d:state></d:dialog></d:dialog-info>';
    const read = readDialogInfo(text);
    assert.ok(read.ok);
    assert.equal(read.value.document.parts[0]?.state, "RINGING");
    assert.equal(read.value.entity, undefined);
  });

  it("is bounded: ids, names and the number of dialogs", () => {
    const long = "x".repeat(5000);
    const [part] = documentOf(dialog("early", "", `<remote><identity display="${long}">sip:a@h</identity></remote>`, long)).parts;
    assert.equal(part?.id.length, 256);
    assert.equal(part.dialog?.remote?.name?.length, 256);
    assert.equal(documentOf(dialog("early").repeat(100)).parts.length, 100);
  });

  it("loses the dialogs that something newer is said of (P-16)", () => {
    const both = documentOf(dialog("early") + dialog("confirmed", "", "", "b"));
    const newer = documentOf(dialog("terminated"));
    assert.deepEqual(
      withoutParts(both, newer)?.parts.map(({ id }) => id),
      ["b"],
    );
    assert.equal(withoutParts(documentOf(dialog("early")), newer), undefined);
    assert.equal(withoutParts(both, documentOf("")), both);
    assert.equal(documentReport({ parts: [] }, "test", 1), undefined);
  });
});
