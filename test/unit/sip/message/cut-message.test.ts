import assert from "node:assert/strict";
import { cutBody, cutHeaders, parseCSeq, valueOf } from "#sip/message/cut-message";

const cut = (text: string): { pairs: string[]; body: string; problem: string | undefined } => {
  const { headers, bodyAt, problem } = cutHeaders(text, 0);
  return { pairs: headers.map(({ name, value }) => `${name}=${value}`), body: text.slice(bodyAt), problem };
};

describe("cutHeaders", () => {
  it("cuts names, values and the body", () => {
    assert.deepEqual(cut("A-B: 1\r\nc:\t 2:3 \r\nY:\r\n\r\nbody\r\n\r\n"), {
      pairs: ["a-b=1", "content-type=2:3", "y="],
      body: "body\r\n\r\n",
      problem: undefined,
    });
    assert.deepEqual(cut("\r\nbody"), { pairs: [], body: "body", problem: undefined });
  });

  it("ends at the empty line even when the body begins with a blank", () => {
    for (const body of [" ", "\t\r\n\r\n", " X: 1\r\n\r\n", "\r\n ", "\n "])
      assert.deepEqual(cut(`H: 1\r\n\r\n${body}`), { pairs: ["h=1"], body, problem: undefined });
  });

  it("joins folded lines with one blank, whatever they are folded with", () => {
    assert.deepEqual(cut("H: 1\r\n\t2  3\r\n   4 \r\n \r\nN:\r\n 5\r\n\r\n").pairs, ["h=1 2  3 4", "n=5"]);
    assert.deepEqual(cut("H: \r\n \r\n \r\n\r\n").pairs, ["h="]);
  });

  it("does not fold onto the start: a blank before the first name is no name", () => {
    assert.equal(cut(" H: 1\r\n\r\n").problem, "Bad header name");
  });

  it("goes on behind what is wrong and tells the first thing", () => {
    const { pairs, problem } = cut("no colon\r\nH: 1\rX: 2\r\nN: 3\nY: 4\r\nZ: 5\r\n\r\n");
    assert.deepEqual(pairs, ["y=4", "z=5"]);
    assert.equal(problem, "Bad header name");
  });

  it("does not take another line's colon", () => {
    assert.deepEqual(cut("NoColon\r\nH: 1\r\n\r\n").pairs, ["h=1"]);
  });

  it("says that the section does not end", () => {
    for (const text of ["", "H: 1", "H: 1\r", "H: 1\r\n", "H: 1\r\n\r", "H: 1\r\n B"]) {
      assert.equal(cut(text).problem, "No end of headers", JSON.stringify(text));
      assert.equal(cut(text).body, "");
    }
  });

  it("names a header of any length in few words", () => {
    const { problem } = cut(`${"x".repeat(60_000)}: a\rb\r\n\r\n`);
    assert.equal(problem, `Bad line end in ${"x".repeat(64)}`);
  });

  it("stops after 257 headers, good or bad", () => {
    assert.equal(cut(`${"H: 1\r\n".repeat(256)}\r\n`).problem, undefined);
    assert.equal(cut(`${"H: 1\r\n".repeat(300)}\r\n`).problem, "Too many headers");
    assert.equal(cut(`${"H: 1\r\n".repeat(300)}\r\n`).pairs.length, 257);
    assert.deepEqual(cut(`${"bad\r\n".repeat(257)}H: 1\r\n\r\n`).pairs, []);
  });

  it("takes a header of 8192 bytes with its folds, not one more", () => {
    const value = `${"a".repeat(4000)}\r\n ${"b".repeat(4186)}`;
    assert.equal(cut(`H: ${value}\r\n\r\n`).problem, undefined);
    assert.equal(cut(`H: ${value}c\r\n\r\n`).problem, "Header too long");
  });
});

describe("cutBody", () => {
  const body = (length: string | undefined, text: string): unknown =>
    cutBody(text, 0, length === undefined ? [] : [{ name: "content-length", value: length }]);

  it("cuts by length, or takes the rest", () => {
    assert.deepEqual(body("2", "abc"), { ok: true, value: "ab" });
    assert.deepEqual(body("003", "abc"), { ok: true, value: "abc" });
    assert.deepEqual(body("0", "abc"), { ok: true, value: "" });
    assert.deepEqual(body(undefined, "abc"), { ok: true, value: "abc" });
  });

  it("refuses lengths that are none or too long", () => {
    for (const length of ["", "-1", "+1", "1 2", "1.0", "0x1", "1,1", "1234567890"])
      assert.deepEqual(body(length, "abc"), { ok: false, error: "Bad Content-Length" }, length);
    assert.deepEqual(body("4", "abc"), { ok: false, error: "Body shorter than Content-Length" });
  });
});

describe("parseCSeq", () => {
  it("reads number and method", () => {
    assert.deepEqual(parseCSeq("0009 \t INVITE"), { number: 9, method: "INVITE" });
    assert.deepEqual(parseCSeq("4294967295 X.y"), { number: 4_294_967_295, method: "X.y" });
  });

  it("refuses everything else", () => {
    for (const text of [
      "",
      "1",
      "INVITE",
      "1INVITE",
      " 1 INVITE",
      "-1 INVITE",
      "4294967296 INVITE",
      "36893488147419103232 INVITE",
      "1 IN VITE",
      "1 ",
      "1.5 INVITE",
    ])
      assert.equal(parseCSeq(text), undefined, text);
  });
});

describe("valueOf", () => {
  it("gives the first of a name", () => {
    const headers = [
      { name: "a", value: "1" },
      { name: "a", value: "2" },
    ];
    assert.equal(valueOf(headers, "a"), "1");
    assert.equal(valueOf(headers, "b"), undefined);
  });
});
