import assert from "node:assert/strict";
import { parseConf } from "#asterisk/conf/parse-conf";
import { readExtensions, type ExtensionsReading } from "#asterisk/extensions/read-extensions";
import { linesOf } from "../conf-of.ts";

function read(...lines: string[]): ExtensionsReading {
  return readExtensions(parseConf(lines.join("\n"), "extensions.conf").conf);
}

function hintsOf({ hints }: ExtensionsReading): string[] {
  return hints.map(({ extension, context, devices }) => `${extension}@${context} ${devices.join("+")}`);
}

describe("readExtensions", () => {
  it("reads hints with one device or several, in exten and in same", () => {
    const reading = read(
      "[a]",
      "exten => 100,hint,SIP/x",
      "exten = 1 0 1 , HINT , SIP/x & SLA:y_z",
      "same => 1,Dial(SIP/x,20)",
      "exten => 102,1,NoOp()",
      "same => hint,SIP/z,provider&SIP/no",
      "[b](!)",
      "exten => 1,hint,SIP/template",
      "[c](b)",
      "[a](+)",
      "exten => 103/5551000,hint,SIP/q",
    );
    assert.deepEqual(linesOf(reading), []);
    assert.deepEqual(hintsOf(reading), ["100@a SIP/x", "101@a SIP/x+SLA:y_z", "102@a SIP/z", "103@a SIP/q", "1@c SIP/template"]);
    assert.equal(reading.hints[1]?.origin, "extensions.conf:3");
  });

  it("reads includes in their order, times taken off, and the names of contexts", () => {
    const reading = read("[general]", "[globals]", "X=1", "[a]", "include => b", "include => c,9:00-17:00,mon-fri", "[b]", "[A]");
    assert.deepEqual(linesOf(reading), [
      "extensions.conf:6:12 EXT-I02 times of include c are not kept to: it is always searched, take them off",
    ]);
    assert.deepEqual(
      reading.dialplan.contexts.map(({ name, includes }) => `${name} ${includes.map(({ context }) => context).join()}`),
      ["a b,c", "b ", "A "],
    );
    assert.deepEqual(reading.dialplan.contexts[0]?.includes[1], {
      context: "c",
      times: "9:00-17:00,mon-fri",
      origin: "extensions.conf:6",
      column: 12,
    });
    assert.deepEqual(reading.dialplan.globals, [{ name: "X", value: "1", origin: "extensions.conf:3" }]);
  });

  it("takes every form of a priority, patterns with commas and labels", () => {
    const reading = read(
      "[a]",
      "exten => _[1,2]X.,1,NoOp()",
      "same => n(here),NoOp()",
      "same => n+2,NoOp()",
      "same => here+1,NoOp()",
      "same => next,Goto(1,2)",
    );
    assert.deepEqual(linesOf(reading), []);
  });

  it("names what is wrong and reads on", () => {
    const reading = read(
      "[a]",
      "same => n,NoOp()",
      "exten => 100",
      "exten => ,1,NoOp()",
      "exten => 100,n(,NoOp()",
      "exten => 100,hint",
      "exten => 100,hint,&,x",
      "exten => _1XX,hint,SIP/${EXTEN}",
      "exten => 100,hint,SIP/${PHONE}",
      `exten => ${"1".repeat(80)},hint,SIP/a`,
      "exten => 100,hint,SIP/a",
      "exten => 100,hint,SIP/b",
      "include =>",
      "switch => IAX2/other",
      "ignorepat => 9",
      "extne => 1,1,NoOp()",
    );
    assert.deepEqual(hintsOf(reading), ["_1XX@a SIP/${EXTEN}", "100@a SIP/a"]);
    assert.deepEqual(linesOf(reading), [
      "extensions.conf:2:9 EXT-W02 same without an exten line above is ignored: write exten => …",
      "extensions.conf:3:10 EXT-E01 write exten => EXTENSION,PRIORITY,Application(arguments)",
      "extensions.conf:4:10 EXT-E01 write exten => EXTENSION,PRIORITY,Application(arguments)",
      'extensions.conf:5:10 EXT-W03 priority "n(" is not a number, n or hint: line ignored',
      "extensions.conf:6:10 EXT-E02 hint of 100 needs 1 to 50 devices: write exten => 100,hint,Tech/resource",
      "extensions.conf:7:10 EXT-E02 hint of 100 needs 1 to 50 devices: write exten => 100,hint,Tech/resource",
      "extensions.conf:9:10 EXT-E04 hint of 100 has ${PHONE}, which is not set in [globals]: set it there, or write its value",
      `extensions.conf:10:10 EXT-E03 hint of ${"1".repeat(60)}… is longer than 79 characters: give it a shorter name`,
      "extensions.conf:12:10 EXT-W04 hint of 100 is defined twice in [a]: the first one is used",
      "extensions.conf:13:11 EXT-W06 include without a context is ignored: write include => CONTEXT",
      "extensions.conf:14:11 SLA-W21 switch of [a] is not followed: its extensions are not known here, write them into this file",
      "extensions.conf:16:1 EXT-W01 extne is not known and ignored: write exten, same or include",
    ]);
  });

  it("takes 50 devices in a hint and not 51", () => {
    const devices = (count: number): string => Array.from({ length: count }, (_, at) => `SIP/${at}`).join("&");
    assert.equal(read("[a]", `exten => 1,hint,${devices(50)}`).hints[0]?.devices.length, 50);
    assert.match(linesOf(read("[a]", `exten => 1,hint,${devices(51)}`)).join(), /EXT-E02/);
  });
});
