import assert from "node:assert/strict";
import { parseConf } from "#asterisk/conf/parse-conf";
import { readExtensions, type ExtensionsReading } from "#asterisk/extensions/read-extensions";
import { linesOf } from "../conf-of.ts";

function read(...lines: string[]): ExtensionsReading {
  return readExtensions(parseConf(lines.join("\n"), "extensions.conf").conf);
}

/** "100@a 1 NoOp(x)", a label in brackets. */
function stepsOf({ dialplan }: ExtensionsReading): string[] {
  return dialplan.contexts.flatMap(({ name: context, extensions }) =>
    extensions.flatMap(({ name, callerId, steps }) =>
      steps.map(({ priority, label, application, args }) => {
        const caller = callerId === undefined ? "" : `/${callerId}`;
        return `${name}${caller}@${context} ${priority}${label === undefined ? "" : `[${label}]`} ${application}(${args})`;
      }),
    ),
  );
}

describe("readExtensions, steps (sla.md §5.3)", () => {
  it("keeps application, arguments to the last parenthesis, line and column", () => {
    const reading = read("[a]", "exten => 100,1,Dial(SIP/x,20,(a))", " same => n, NoOp", "same => 5,Hangup(16) ; bye");
    assert.deepEqual(linesOf(reading), []);
    assert.deepEqual(reading.dialplan.contexts[0]?.extensions, [
      {
        name: "100",
        steps: [
          { priority: 1, application: "Dial", args: "SIP/x,20,(a)", origin: "extensions.conf:2", column: 16 },
          { priority: 2, application: "NoOp", args: "", origin: "extensions.conf:3", column: 13 },
          { priority: 5, application: "Hangup", args: "16", origin: "extensions.conf:4", column: 11 },
        ],
      },
    ]);
  });

  it("counts n and s down a section, whatever extension had the last number, and begins anew in the next", () => {
    const reading = read(
      ...["[a]", "exten => 1,1,A()", "exten => 1,n,B()", "exten => 2,n,C()", "same => next,D()", "same => s+2,E()"],
      ...["exten => 3,SAME,F()", "exten => 3,n+10(far),G()", "exten => 3,far+1,H()"],
      ...["[b]", "exten => 1,n,X()", "exten => 1,1,Y()", "[a]", "exten => 1,s,X()", "exten => 9,1,Z()"],
    );
    assert.deepEqual(stepsOf(reading), [
      ...["1@a 1 A()", "1@a 2 B()", "2@a 3 C()", "2@a 4 D()", "2@a 6 E()", "3@a 6 F()", "3@a 17[far] G()", "3@a 18 H()"],
      ...["9@a 1 Z()", "1@b 1 Y()"],
    ]);
    assert.deepEqual(linesOf(reading), [
      "extensions.conf:11:10 EXT-W07 n has no priority above it to count from: line ignored, write 1",
      "extensions.conf:14:10 EXT-W07 s has no priority above it to count from: line ignored, write 1",
    ]);
  });

  it("puts steps in the order of their priorities and drops the second of one number (EXT-W14)", () => {
    const reading = read(
      ...["[a]", "exten => 1,3,C()", "exten => 1,1,A()", "exten => 1,2,B()", "exten => 1,3,X()", "exten => 1/5,3,Y()"],
    );
    assert.deepEqual(stepsOf(reading), ["1@a 1 A()", "1@a 2 B()", "1@a 3 C()", "1/5@a 3 Y()"]);
    assert.deepEqual(linesOf(reading), [
      "extensions.conf:5:10 EXT-W14 priority 3 of 1 is there already in [a]: this line is ignored, number it anew or remove it",
    ]);
  });

  it("takes a label for a priority once it is defined, and only in its extension", () => {
    const reading = read("[a]", "exten => 1,1(one),A()", "exten => 1,one+1,B()", "exten => 2,one,C()", "exten => 2,0,D()");
    assert.deepEqual(stepsOf(reading), ["1@a 1[one] A()", "1@a 2 B()"]);
    assert.deepEqual(linesOf(reading), [
      'extensions.conf:4:10 EXT-W03 priority "one" is neither n nor a label of this extension: line ignored, write n',
      "extensions.conf:5:10 EXT-W03 priorities begin with 1: line ignored",
    ]);
  });

  it("does not count a hint, and says that Asterisk does (EXT-W10)", () => {
    const reading = read("[a]", "exten => 1,1,A()", "exten => 1,hint,SIP/a", "same => n,B()", "same => n,C()");
    assert.deepEqual(stepsOf(reading), ["1@a 1 A()", "1@a 2 B()", "1@a 3 C()"]);
    assert.deepEqual(linesOf(reading), [
      "extensions.conf:4:9 EXT-W10 n right below a hint is read as priority 2: write the number, Asterisk drops the line",
    ]);
  });

  it("takes names that differ in their dashes only for one extension (sla.md §5.4, EXT-W14)", () => {
    const reading = read(
      ...["[a]", "exten => 555-1234,1,A()", "exten => 5551234,1,B()", "exten => 5551234,2,C()", "exten => _X-x,1,D()"],
      ...["exten => _XX,1,E()", "exten => _1[2,1,F()", "exten => 8/4-4,1,G()", "exten => 8/_[2-4]x.1.,1,H()"],
    );
    assert.deepEqual(stepsOf(reading), [
      ...["555-1234@a 1 A()", "555-1234@a 2 C()", "_X-x@a 1 D()", "8/44@a 1 G()", "8/_[2-4]x1.@a 1 H()"],
    ]);
    assert.deepEqual(
      linesOf(reading).map((line) => /^[^:]*:(\d+):\d+( EXT-...)/.exec(line)?.slice(1).join("")),
      ["3 EXT-W14", "6 EXT-W14", "7 EXT-E01"],
    );
  });

  it("gives same to the extension above, though the line there is wrong (EXT-E01)", () => {
    const reading = read("[a]", "exten => 1,1,A()", "exten => 2", "same => n,B()", "exten =>", "same => n,C()");
    assert.deepEqual(stepsOf(reading), ["1@a 1 A()", "2@a 2 B()"]);
    assert.deepEqual(
      linesOf(reading).map((line) => / EXT-...|$/.exec(line)?.[0]),
      [" EXT-E01", " EXT-E01", " EXT-W02"],
    );
  });

  it("tells callers apart, and keeps commas in brackets and blanks in a name together", () => {
    const reading = read(
      ...["[a]", "exten => 1 00/555-12 34,1,A()", "exten => 100/,1,B()", "exten => 100,1,C()", "exten => _[1,2] X/_5X.,1,D()"],
    );
    assert.deepEqual(linesOf(reading), []);
    assert.deepEqual(stepsOf(reading), ["100/5551234@a 1 A()", "100/@a 1 B()", "100@a 1 C()", "_[1,2]X/_5X.@a 1 D()"]);
  });

  it("fills globals into extensions, hints and includes, one into another (EXT-W13, EXT-E04)", () => {
    const reading = read(
      ...["[globals]", "DESK=SIP/desk", "PREFIX=12", "LONG=${PREFIX}34", "N=2", "V2=7", "N=2", "[a]"],
      ...["exten => ${LONG:1:2}${V${N}},1,NoOp(${PREFIX})", "exten => 5,hint,${DESK}&SIP/${EXTEN}", "include => in-${N}"],
      ...["exten => 9${NONE},1,A()", "exten => 6,hint,SIP/${NONE}", "exten => 7,hint,SIP/${CALLERID(num)}"],
    );
    assert.deepEqual(stepsOf(reading), ["237@a 1 NoOp(${PREFIX})", "9@a 1 A()"]);
    assert.deepEqual(reading.hints[0]?.devices, ["SIP/desk", "SIP/5"]);
    assert.equal(reading.dialplan.contexts[0]?.includes[0]?.context, "in-2");
    assert.deepEqual(linesOf(reading), [
      "extensions.conf:7:3 EXT-W12 N is set twice in [globals]: this value is used, remove the other",
      "extensions.conf:12:10 EXT-W13 ${NONE} of the extension is not set in [globals] and left out: set it there",
      "extensions.conf:13:10 EXT-E04 hint of 6 has ${NONE}, which is not set in [globals]: set it there, or write its value",
      "extensions.conf:14:10 EXT-E04 hint of 7 has ${CALLERID()}, which is not set in [globals]: set it there, or write its value",
    ]);
  });

  it("asks a pattern's hint for its globals when it is read, but not for what EXTEN makes up (EXT-E04)", () => {
    const reading = read(
      ...["[globals]", "T=SIP", "[a]", "exten => _7X,hint,${T}/${EXTEN}&${PEER${EXTEN:1}}&Custom:${CONTEXT}"],
      ...["exten => _8X,hint,${TT}/${EXTEN}", "exten => _9X,hint,SIP/${CUT(EXTEN,1)}", "exten => 9,hint,Custom:${CONTEXT}"],
    );
    assert.deepEqual(
      reading.hints.map(({ devices }) => devices),
      [["${T}/${EXTEN}", "${PEER${EXTEN:1}}", "Custom:${CONTEXT}"], ["Custom:a"]],
    );
    assert.deepEqual(linesOf(reading), [
      "extensions.conf:5:10 EXT-E04 hint of _8X has ${TT}, which is not set in [globals]: set it there, or write its value",
      "extensions.conf:6:10 EXT-E04 hint of _9X has ${CUT()}, which is not set in [globals]: set it there, or write its value",
    ]);
  });

  it("says which global would be empty, for a function or a text that cannot be read (SLA-W21)", () => {
    const reading = read("[globals]", "A=${CALLERID(num)}", "B=$[1 +", "C=x${A}", "D=${FOO(${BAR(1)})}");
    assert.deepEqual(linesOf(reading), [
      "extensions.conf:2:3 SLA-W21 function CALLERID in A of [globals] gives nothing: write its value",
      "extensions.conf:3:3 SLA-W21 B of [globals] cannot be read to its end: close every ${ and $[, nested not too deep",
      "extensions.conf:5:3 SLA-W21 function BAR in D of [globals] gives nothing: write its value",
    ]);
  });

  it("keeps hints of patterns as they are written", () => {
    const reading = read("[a]", "exten => _7XXX,hint,SIP/${EXTEN:1}&Custom:${EXTEN},provider");
    assert.deepEqual(reading.hints, [
      { extension: "_7XXX", context: "a", devices: ["SIP/${EXTEN:1}", "Custom:${EXTEN}"], origin: "extensions.conf:2" },
    ]);
  });

  it("names steps without an application and without a closing parenthesis (EXT-W08, EXT-W09)", () => {
    const reading = read("[a]", "exten => 1,1", "exten => 1,1,(x)", "exten => 1,1,Dial(SIP/a,20");
    assert.deepEqual(stepsOf(reading), ["1@a 1 Dial(SIP/a,20)"]);
    assert.deepEqual(linesOf(reading), [
      "extensions.conf:2:10 EXT-W08 1 has no application here: line ignored, write Application(arguments)",
      "extensions.conf:3:10 EXT-W08 1 has no application here: line ignored, write Application(arguments)",
      'extensions.conf:4:10 EXT-W09 Dial has no ")": all that follows the "(" is taken, add it',
    ]);
  });

  it("knows the options of [general], and says which are not kept to (EXT-W11, EXT-I01)", () => {
    const reading = read(
      ...["[general]", "static=yes", "writeprotect=no", "clearglobalvars=yes", "extenpatternmatchnew=no", "userscontext=default"],
      ...["autofallthrough=yes", "priorityjumping=no", "sattic=yes", "autofallthrough=no", "priorityjumping=yes"],
    );
    assert.deepEqual(linesOf(reading), [
      'extensions.conf:9:1 EXT-W11 sattic is no option of [general] (did you mean "static"?) and ignored: remove it',
      "extensions.conf:10:17 EXT-I01 autofallthrough = no is not kept to: a call with no step left is ended, add Hangup() or a Goto",
      "extensions.conf:11:17 EXT-I01 priorityjumping is not kept to: no application jumps to priority + 101, look at DIALSTATUS instead",
    ]);
  });

  it("makes sections of one name one context, and names no context [general]", () => {
    const reading = read(
      ...[
        "[a]",
        "exten => 1,1,A()",
        "[b]",
        "exten => 1,1,A()",
        "[a]",
        "exten => 2,1,A()",
        "include => b",
        "include => b",
        "ignorepat => 9",
      ],
      "[GENERAL]",
    );
    assert.deepEqual(stepsOf(reading), ["1@a 1 A()", "2@a 1 A()", "1@b 1 A()"]);
    assert.deepEqual([reading.dialplan.contexts[0]?.includes.length, reading.dialplan.contexts[0]?.ignorePatterns], [1, ["9"]]);
  });

  it("names patterns that match too much, do not end, or match less than a word (sla.md §5.4)", () => {
    const said = (name: string): string => linesOf(read("[a]", `exten => ${name},1,A()`, "same => n,B()")).join();
    assert.equal(said("_."), 'extensions.conf:2:10 EXT-W15 _. matches everything, "i", "t" and "h" too: write _X. for numbers');
    assert.match(said("_!"), /EXT-W15/);
    assert.match(said("_1[23"), /EXT-E01 write exten => EXTENSION,PRIORITY,Application\(arguments\) with "]" behind the "\["/);
    assert.equal(
      said("_trunkX"),
      "extensions.conf:2:10 EXT-I03 _trunkX holds letters that stand for digits (X 0-9, Z 1-9, N 2-9) inside a word: write _tru[n]kX if the letters are meant",
    );
    assert.match(said("_LINEX"), /write _LI\[N\]EX if/);
    for (const fine of ["_tru[n]kX", "_LX!", "_1NXXNXXXXXX", "_X.", "_[1-5]XX", "_s-.", "trunk1"])
      assert.equal(said(fine), "", fine);
  });

  it("bears values of [globals] that hold each other, and lines of nothing else", () => {
    const doubling = Array.from({ length: 60 }, (_, at) => `V${at + 1}=\${V${at}}\${V${at}}`);
    const reading = read("[globals]", "V0=0123456789", ...doubling, "[a]", `exten => ${"${V60}".repeat(50)},1,A()`);
    assert.match(linesOf(reading).join(), /EXT-E03 0{0}\d{60}… is longer than 79 characters/);
  });
});
