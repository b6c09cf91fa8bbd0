import assert from "node:assert/strict";
import { indexOutside, isToken, quote, trimBlanks, unquote } from "#sip/message/scan-text";

describe("scan-text", () => {
  it("knows a token by every character (RFC 3261 §25.1)", () => {
    const characters = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
    assert.equal(
      characters.filter((character) => isToken(character)).join(""),
      "!%'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_`abcdefghijklmnopqrstuvwxyz~",
    );
    assert.equal(isToken(""), false);
    assert.equal(isToken("a b"), false);
  });

  it("takes off SP and HTAB, not A0, CR or LF", () => {
    assert.equal(trimBlanks(" \t a\xa0\t "), "a\xa0");
    assert.equal(trimBlanks("\r a \n"), "\r a \n");
    assert.equal(trimBlanks("ab  cd", 2, 4), "");
  });

  it("finds a mark outside quotes and brackets, an escaped quote included", () => {
    assert.equal(indexOutside('"a\\",",b', ","), 6);
    assert.equal(indexOutside("<,>,", ","), 3);
    assert.equal(indexOutside('<">,', ","), 3);
    assert.equal(indexOutside('"a,', ","), -1);
    assert.equal(indexOutside("a,b,c", ",", 2), 3);
    assert.equal(indexOutside('a" \\', ","), -1);
  });

  it("quotes and takes quotes off", () => {
    assert.equal(quote('a"b\\c'), '"a\\"b\\\\c"');
    assert.equal(quote("a\r\n\0b"), '"a   b"');
    assert.equal(unquote('"a\\"b\\\\c"'), 'a"b\\c');
    for (const text of ["", '"', "a", '"a', 'a"']) assert.equal(unquote(text), text);
    assert.equal(unquote('""'), "");
  });
});
