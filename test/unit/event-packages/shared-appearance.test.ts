import assert from "node:assert/strict";
import type { LineView } from "#domain/appearance/line-view";
import { callInfoPackage } from "#event-packages/call-info/call-info-package";
import { lineSeizePackage } from "#event-packages/line-seize/line-seize-package";
import { readAppearance } from "#event-packages/line-seize/read-appearance";

function callInfo(appearances: LineView["appearances"]): string {
  const { document } = callInfoPackage.full(undefined, { appearances }, "single", "");
  assert.equal(document.contentType, undefined);
  return document.ownHeaders?.("pbx.example") ?? assert.fail("nothing is said");
}

function peerOf(name: string | undefined, uri = "sip:+15550100@pbx.example"): string {
  const said = callInfo([{ index: 1, state: "active", peer: { uri, ...(name === undefined ? {} : { name }) } }]);
  return said.slice("Call-Info: <sip:pbx.example>;appearance-index=1;appearance-state=active".length, said.indexOf(", <sip:"));
}

describe("Call-Info of call-info (presence.md §2.7)", () => {
  it("of an idle line says that every appearance is idle", () => {
    assert.equal(callInfo([]), "Call-Info: <sip:pbx.example>;appearance-index=*;appearance-state=idle\r\n");
  });

  it("names what is not idle one by one, then the rest", () => {
    const said = callInfo([
      { index: 1, state: "held-private" },
      { index: 3, state: "seized" },
    ]);
    assert.equal(
      said,
      "Call-Info: <sip:pbx.example>;appearance-index=1;appearance-state=held-private, " +
        "<sip:pbx.example>;appearance-index=3;appearance-state=seized, <sip:pbx.example>;appearance-index=*;appearance-state=idle\r\n",
    );
  });

  it("writes the peer as a quoted address, whose own quotes are escaped twice", () => {
    assert.equal(peerOf("Anna"), String.raw`;appearance-uri="\"Anna\" <sip:+15550100@pbx.example>"`);
    assert.equal(peerOf(undefined), ';appearance-uri="<sip:+15550100@pbx.example>"');
    assert.equal(peerOf('A "B" \\'), String.raw`;appearance-uri="\"A \\\"B\\\" \\\\\" <sip:+15550100@pbx.example>"`);
    assert.equal(peerOf("a\r\nVia: x"), String.raw`;appearance-uri="\"a  Via: x\" <sip:+15550100@pbx.example>"`);
    assert.equal(peerOf("</x>&"), String.raw`;appearance-uri="\"</x>&\" <sip:+15550100@pbx.example>"`);
    assert.equal(peerOf("Zoë").includes("Zo\u00c3\u00ab"), true);
  });

  it("does not say who it is to watchers that may not know it (P-4)", () => {
    const line: LineView = { appearances: [{ index: 1, state: "active", peer: { uri: "sip:anna@h", name: "Anna" } }] };
    const manner = { profile: "polycom", seesCallers: false };
    const { document } = callInfoPackage.full(undefined, line, callInfoPackage.profileFor("", manner), "");
    const said = document.ownHeaders?.("pbx.example") ?? "";
    assert.ok(said.includes(String.raw`;appearance-uri="\"Anonymous\" <sip:anonymous@anonymous.invalid>"`), said);
    assert.doesNotMatch(said, /anna/i);
  });

  it("cuts names that are as long as a message", () => {
    assert.ok(peerOf("n".repeat(60_000)).length < 200);
  });

  it("leaves out an address that would break the header", () => {
    for (const uri of ["sip:a>@h", 'sip:a"@h', "sip:a b@h", "sip:a\r\n@h", "sip:a\\@h", `sip:${"a".repeat(200)}@h`])
      assert.equal(peerOf("Anna", uri), "", uri);
  });
});

describe("Call-Info of line-seize", () => {
  const INFO = "<sip:pbx.example>";
  const index = (...lines: string[]): number | undefined | string => {
    const read = readAppearance(lines);
    return read.ok ? read.value.index : read.error;
  };

  it("0, * and none are any appearance (A-3), a number is that one", () => {
    for (const text of [INFO, `${INFO};appearance-index=0`, `${INFO};appearance-index=*`, `${INFO};appearance-state=seized`])
      assert.equal(index(text), undefined, text);
    assert.equal(index(`${INFO};appearance-index=2`), 2);
    assert.equal(index(`${INFO} ; Appearance-Index = "3";appearance-state=seized`), 3);
    assert.equal(index(`<http://h/icon.png>;purpose=icon, ${INFO};appearance-index=4`), 4);
    assert.equal(index("<http://h/icon.png>;purpose=icon", `${INFO};appearance-index=5`), 5);
  });

  it("missing or unreadable is 400 (A-6)", () => {
    assert.equal(index(), "Call-Info is missing");
    for (const text of ["", "sip:h", "<sip:h", `${INFO}appearance-index=1`])
      assert.match(String(index(text)), /^Bad Call-Info$|^Call-Info is missing$/, text);
    for (const bad of ["x", "-1", "1.5", "99999", "1 2", ""])
      assert.equal(index(`${INFO};appearance-index=${bad}`), "Bad appearance-index", bad);
  });

  it("of its NOTIFY is the index that was granted", () => {
    const { document } = lineSeizePackage.full(undefined, { index: 2 }, "single", "");
    assert.equal(document.ownHeaders?.("[2001:db8::1]"), "Call-Info: <sip:[2001:db8::1]>;appearance-index=2\r\n");
  });
});
