import assert from "node:assert/strict";
import { derivedPhones, normalMac } from "#domain/site/derived-phones";
import { accountOf, phoneOf } from "./site-of.ts";

describe("derivedPhones", () => {
  it("makes a phone of every account named by 12 hexadecimal digits (design §6)", () => {
    const names = ["0000FFFF0005", "reception", "0000FFFF000", "0000FFFF0005a", "0000FFFF000g"];
    const { phones, diagnostics } = derivedPhones(names.map((name) => accountOf(name)));
    assert.deepEqual(phones, [{ ...phoneOf("0000ffff0005", "0000FFFF0005"), label: "0000FFFF0005" }]);
    assert.deepEqual(diagnostics, []);
  });

  it("makes one phone of one MAC address, however it is written", () => {
    const { phones, diagnostics } = derivedPhones([accountOf("abcdef012345"), accountOf("ABCDEF012345", "sip.conf:9")]);
    assert.deepEqual(
      phones.map(({ accounts }) => accounts),
      [["abcdef012345"]],
    );
    assert.deepEqual(
      diagnostics.map(({ line, code }) => [line, code]),
      [[9, "SIP-E03"]],
    );
  });
});

describe("normalMac", () => {
  it("takes every common form and nothing else", () => {
    for (const text of ["0000FFFF0005", "00:00:ff:ff:00:05", "00-00-FF-FF-00-05", "0000.ffff.0005"])
      assert.equal(normalMac(text), "0000ffff0005");
    for (const text of ["", "0000FFFF000", "0000FFFF00055", "0000FFFF000g", "0000 FFFF 0005"])
      assert.equal(normalMac(text), undefined);
  });
});
