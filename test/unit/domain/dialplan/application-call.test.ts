import assert from "node:assert/strict";
import { parseApplicationCall, splitArguments, splitAt } from "#domain/dialplan/application-call";

describe("parseApplicationCall", () => {
  it("takes arguments up to the last ) (sla.md §5.3)", () => {
    const call = parseApplicationCall("NoOp(a(b)c) rest");
    assert.deepEqual(call, { application: "NoOp", args: "a(b)c", argsOffset: 5, closed: true, rest: "rest" });
  });

  it("bears a missing ) and missing parentheses", () => {
    assert.deepEqual(parseApplicationCall("Dial(SIP/1"), {
      application: "Dial",
      args: "SIP/1",
      argsOffset: 5,
      closed: false,
      rest: "",
    });
    assert.deepEqual(parseApplicationCall("Answer "), { application: "Answer", args: "", argsOffset: 7, closed: true, rest: "" });
    assert.equal(parseApplicationCall(") (x").args, "x");
  });
});

describe("splitArguments", () => {
  it("parts at commas outside parentheses, brackets and quotes, as Asterisk's applications do", () => {
    assert.deepEqual(splitArguments('a,f(b,c),$[1,2],"d,e",f\\,g,'), ["a", "f(b,c)", "$[1,2]", "d,e", "f,g", ""]);
    assert.deepEqual(splitArguments(""), []);
    assert.deepEqual(splitArguments("a,b,c", 2), ["a", "b,c"]);
    assert.deepEqual(splitArguments("a),b"), ["a)", "b"]);
    assert.deepEqual(splitAt("SIP/1&SIP/2", "&"), ["SIP/1", "SIP/2"]);
  });

  it("keeps at most 64 parts", () => {
    assert.equal(splitArguments(",".repeat(100_000)).length, 64);
  });
});
