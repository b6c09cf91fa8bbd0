import assert from "node:assert/strict";
import { addParameter, parameterOf, parseParameters } from "#sip/message/parameters";
import { quickly } from "#test/unit/domain/site/cpu-time";

const read = (text: string): Record<string, string> => Object.fromEntries(parseParameters(text));

describe("parseParameters", () => {
  it("reads names in any case, values with and without quotes, and flags", () => {
    assert.deepEqual(read(';A=1; b = "x;\\"y\\"\\\\=" ;lr;c=d=e'), { a: "1", b: 'x;"y"\\=', lr: "", c: "d=e" });
    assert.deepEqual(read("a=1;b"), { a: "1", b: "" });
    assert.deepEqual(read(""), {});
  });

  it("lets the first of a name count and leaves out empty ones", () => {
    assert.deepEqual(read(";a=1;A=2;;=3; ;"), { a: "1" });
  });

  it("is safe with names of objects", () => {
    assert.deepEqual(
      [...parseParameters(";__proto__=1;constructor")],
      [
        ["__proto__", "1"],
        ["constructor", ""],
      ],
    );
  });

  it("takes 256, the rest is dropped", () => {
    assert.equal(parseParameters(Array.from({ length: 300 }, (_, at) => `;p${at}`).join("")).size, 256);
  });
});

describe("addParameter", () => {
  it("keeps an open quote as it is", () => {
    const parameters = new Map<string, string>();
    addParameter(parameters, 'a="x');
    assert.equal(parameters.get("a"), '"x');
  });
});

describe("parameterOf", () => {
  it("finds one without reading the others", () => {
    const text = 'h;x=";tag=no";t;TAG = "a b" ;tag=2;last';
    assert.equal(parameterOf(text, 1, "tag"), "a b");
    assert.equal(parameterOf(text, 1, "t"), "");
    assert.equal(parameterOf(text, 1, "last"), "");
    assert.equal(parameterOf(text, 1, "x"), ";tag=no");
    assert.equal(parameterOf(text, 1, "h"), undefined);
    assert.equal(parameterOf(text, text.length, "tag"), undefined);
  });

  it("takes an equals sign for its own parameter only", () => {
    assert.equal(parameterOf(";a;b=1;c;d=2", 0, "a"), "");
    assert.equal(parameterOf(";a;b=1;c;d=2", 0, "c"), "");
    assert.equal(parameterOf(";a;b=1;c;d=2", 0, "d"), "2");
  });

  it("is as fast for many as for few", () => {
    for (const part of [";", ";abcd", ";a=b", ';"', "<;"])
      assert.notEqual(
        quickly(() => parameterOf(part.repeat(60_000 / part.length), 0, "tag") ?? "none", 100),
        "",
      );
  });
});
