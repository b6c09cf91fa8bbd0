import assert from "node:assert/strict";
import { Command } from "commander";
import { allowIncludeOption } from "#cli/repeatable";

describe("--allow-include", () => {
  const given = (...args: string[]): unknown =>
    new Command().addOption(allowIncludeOption()).parse(args, { from: "user" }).opts()["allowInclude"];

  it("is given as often as wanted, or once with commas; nothing means none, not the folder one is in", () => {
    assert.deepEqual(given(), []);
    assert.deepEqual(given("--allow-include", "/a", "--allow-include", "/b, /c"), ["/a", "/b", "/c"]);
    assert.deepEqual(given("--allow-include", "", "--allow-include", ","), []);
  });
});
