import assert from "node:assert/strict";
import { parseNameAddress, parseNameAddressList, readAddressWithTag, type NameAddress } from "#sip/message/name-addr";

function address(text: string): NameAddress {
  const parsed = parseNameAddress(text);
  return parsed.ok ? parsed.value : assert.fail(`${text}: ${parsed.error}`);
}

const list = (text: string, max = 50): string[] => {
  const parsed = parseNameAddressList(text, max);
  return parsed.ok ? parsed.value.map(({ uri }) => uri) : assert.fail(parsed.error);
};

describe("parseNameAddress", () => {
  it("reads name, URI and parameters apart", () => {
    const { name, uri, parameters } = address(
      '"Bo \\"b\\" \\\\, <x>; y" <sip:bo@h;lr?a=b>;expires=60;+sip.instance="<urn:uuid:1>" ; Q = 0.5',
    );
    assert.equal(name, 'Bo "b" \\, <x>; y');
    assert.equal(uri, "sip:bo@h;lr?a=b");
    assert.deepEqual(Object.fromEntries(parameters), { expires: "60", "+sip.instance": "<urn:uuid:1>", q: "0.5" });
  });

  it("takes names without quotes, no name, and blanks anywhere between", () => {
    assert.equal(address("Line One<sip:a@h>").name, "Line One");
    assert.equal(address("Bell, Alexander <sip:a@h>").name, "Bell, Alexander", "RFC 4475 §3.1.2.15: taken, not repaired");
    assert.equal(address("<sip:a@h>").name, "");
    assert.equal(address('""<sip:a@h>').name, "");
    assert.equal(address("\t<  sip:a@h\t> \t;\tx").uri, "sip:a@h");
    assert.equal(address("<sip:a@h> ;x").parameters.get("x"), "");
  });

  it("gives parameters of a URI without brackets to the header (RFC 4475 §3.3.12)", () => {
    const { uri, parameters } = address("sip:+19725552222@gw1.example.net;unknownparam;expires=5");
    assert.equal(uri, "sip:+19725552222@gw1.example.net");
    assert.deepEqual([...parameters.keys()], ["unknownparam", "expires"]);
    assert.equal(address("*").uri, "*");
  });

  it("refuses what is no address", () => {
    for (const text of [
      "",
      " ",
      ";x",
      "<>",
      "< >",
      "<sip:a@h",
      '"a <sip:a@h>',
      "<sip:a@h> x",
      "<sip:a b@h>",
      '<sip:"a"@h>',
      "a b",
      "<sip:<a>@h>",
      '"a"',
    ])
      assert.equal(parseNameAddress(text).ok, false, text);
  });

  it("refuses URI headers without brackets (RFC 4475 §3.1.2.13)", () => {
    assert.equal(parseNameAddress("sip:a@h?Route=%3Csip:p%3E").ok, false);
    assert.equal(readAddressWithTag("sip:a@h?x=1;tag=2"), undefined);
    assert.equal(address("<sip:a@h?x=1>").uri, "sip:a@h?x=1");
    assert.equal(address('sip:a@h;p="?"').parameters.get("p"), "?");
  });

  it("refuses nothing because of its bytes outside the URI", () => {
    assert.equal(address('"\xc3\xa0\0" <sip:a@h>').name, "\xc3\xa0\0");
  });
});

describe("parseNameAddressList", () => {
  it("splits at commas that are neither in quotes nor in brackets", () => {
    assert.deepEqual(list('"a, b" <sip:a@h;x=1,2>;p="3,4" , sip:b@h,<sip:c@h>'), ["sip:a@h;x=1,2", "sip:b@h", "sip:c@h"]);
    assert.deepEqual(list('"a\\", <sip:no@h>, " <sip:a@h>'), ["sip:a@h"]);
    assert.deepEqual(list(" , <sip:a@h>,, "), ["sip:a@h"]);
    assert.deepEqual(list(""), []);
  });

  it("takes as many as it may, not one more, and no bad one", () => {
    assert.equal(list("<sip:a@h>,<sip:b@h>", 2).length, 2);
    assert.equal(parseNameAddressList("<sip:a@h>,<sip:b@h>,<sip:c@h>", 2).ok, false);
    assert.equal(parseNameAddressList("<sip:a@h>,<sip:b@h", 2).ok, false);
  });
});

describe("readAddressWithTag", () => {
  it("cuts out URI and tag and keeps the text", () => {
    assert.deepEqual(readAddressWithTag('"x;tag=no" <sip:a@h;tag=no> ; TAG = a.b ;tag=2'), {
      text: '"x;tag=no" <sip:a@h;tag=no> ; TAG = a.b ;tag=2',
      uri: "sip:a@h;tag=no",
      tag: "a.b",
    });
    assert.equal(readAddressWithTag("sip:a@h;tag=1")?.tag, "1");
  });

  it("knows no tag, an empty one and those that only look like one", () => {
    for (const text of [
      "<sip:a@h>",
      "<sip:a@h>;tag",
      "<sip:a@h>;tag=",
      '<sip:a@h>;x=";tag=1"',
      "<sip:a@h>;xtag=1",
      "<sip:a@h>;tagx=1",
    ])
      assert.equal(readAddressWithTag(text)?.tag, undefined, text);
    assert.equal(readAddressWithTag("<sip:a@h"), undefined);
  });
});
