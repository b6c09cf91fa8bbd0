import assert from "node:assert/strict";
import { APPLICATION_NAMES, argumentsMistake, findApplication } from "#domain/dialplan/applications";

describe("applications", () => {
  it("are found without regard to case, and told apart: ours, Asterisk's, nobody's", () => {
    assert.deepEqual(findApplication("slastation"), { kind: "supported", name: "SLAStation" });
    assert.deepEqual(findApplication("VOICEMAIL"), { kind: "asterisk", name: "VoiceMail" });
    assert.deepEqual(findApplication("SLAStaton"), { kind: "unknown" });
    for (const name of APPLICATION_NAMES) assert.deepEqual(findApplication(name.toUpperCase()), { kind: "supported", name });
  });

  const wrong: [(typeof APPLICATION_NAMES)[number], string[]][] = [
    ["Read", ["", ",dial", "a,b,c,d,e,f,g", "a,,,q", `a,,,${"t(".repeat(1000)}`]],
    ["Dial", ["", ",20", "SIP", "SIP/1&x", "SIP/1,abc", "SIP/1,tr"]],
    ["Goto", ["", "s,", "a,b,c,1"]],
    ["GotoIf", ["", "1", "1?", "1?:"]],
    ["Set", ["", "a", "=b"]],
    ["SLAStation", [""]],
    ["SLATrunk", [",M"]],
    ["Wait", ["", "x", "-1"]],
    ["Hangup", ["WEIRD", "0", "128", "16,x"]],
    ["DISA", ["", "1234,ctx"]],
    ["CallCompletionRequest", ["x"]],
    ["Playback", [""]],
    ["Playtones", [""]],
  ];
  for (const [name, args] of wrong)
    it(`${name} without what it needs is told in one line (SLA-W17)`, () => {
      for (const one of args) assert.match(argumentsMistake(name, one) ?? "", new RegExp(`^${name}.*;`), one);
    });

  it("take what the requirement texts write", () => {
    const right: [(typeof APPLICATION_NAMES)[number], string][] = [
      ["Read", "Request,dial,11,i"],
      ["Read", "Request,dial,,i"],
      ["Read", "r,,,${OPTIONS}"],
      ["Read", "r,,,nst(#*)e,2,5"],
      ["Dial", "SIP/${EXTEN}@myprovider"],
      ["Dial", "${TRUNK}&SIP/a,20,g"],
      ["Dial", "SIP/a,20^5,tr"],
      ["Dial", "SIP/a,,tr"],
      ["Dial", "SIP/a,${TIME}"],
      ["Goto", "${Request},1"],
      ["Goto", "s,1"],
      ["GotoIf", "$[1?2]?a"],
      ["GotoIf", "1?:b"],
      ["Set", "slaLineId=${EXTEN:1:1}"],
      ["SLATrunk", "T${slaLineId}"],
      ["NoOp", ""],
      ["Wait", "0.5"],
      ["Wait", "500ms"],
      ["Hangup", ""],
      ["Hangup", "${CAUSE}"],
      ["Hangup", "user_busy"],
      ["Hangup", "AST_CAUSE_NO_ANSWER"],
      ["DISA", "no-password,ctx"],
      ["CallCompletionCancel", ""],
    ];
    for (const [name, args] of right) assert.equal(argumentsMistake(name, args), undefined, `${name}(${args})`);
  });
});
