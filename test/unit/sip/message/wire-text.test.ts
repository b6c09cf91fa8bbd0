import assert from "node:assert/strict";
import { fromWire, printDisplayName, toWire } from "#sip/message/wire-text";

describe("wire-text", () => {
  it("goes to bytes and back", () => {
    for (const text of ["", "Müller", "Voilà", "電話", "☎️ 1001", "\0\r\n\x7f", "\u{1f4de}"]) {
      assert.match(toWire(text), /^[\0-\xff]*$/);
      assert.equal(toWire(text).length, Buffer.byteLength(text));
      assert.equal(fromWire(toWire(text)), text);
    }
    assert.equal(toWire("à"), "\xc3\xa0");
  });

  it("replaces what is no UTF-8 and half a letter", () => {
    assert.equal(fromWire("a\xffb"), "a\ufffdb");
    assert.equal(toWire("\ud800"), "\xef\xbf\xbd");
  });

  it("writes a display name that cannot leave its quotes or its line", () => {
    assert.equal(printDisplayName('Bo "ß", \\ <x>\r\nX: 1'), '"Bo \\"\xc3\x9f\\", \\\\ <x>  X: 1"');
  });
});
