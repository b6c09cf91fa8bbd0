import assert from "node:assert/strict";
import { STEPS_AT_ONCE_MAX, STEPS_MAX, VARIABLES_MAX } from "#domain/dialplan/leg";
import { Transcript, worldOf } from "./transcript.ts";

const ENDS = "log level=warning text=";

/** What NoOp tells of `[c] s` when these lines run. */
function told(
  lines: string,
  more: Parameters<Transcript["enter"]>[2] = {},
  ...world: [] | [Parameters<typeof worldOf>[1]]
): string[] {
  const steps = lines.trim().split(/\s*\n\s*/);
  const call = new Transcript(
    worldOf(`G=global\n[c]\n${steps.map((line, at) => `exten => s,${at + 1},${line}`).join("\n")}`, ...world),
  );
  const out = call.enter("c", "s", more).concat(call.leg.phase === "ended" ? [] : ["…"]);
  return out.map((line) => line.replace(/^log level=note text=NoOp\((.*)\)$/, "$1")).filter((line) => line !== "hangup cause=16");
}

describe("a leg in the dialplan (sla.md §5.5)", () => {
  it("is refused when its extension has no priority 1, before anything runs", () => {
    const world = worldOf("[c]\nexten => 1,2,NoOp()\nexten => i,1,NoOp()");
    assert.deepEqual(new Transcript(world).enter("c", "1"), ["refuse status=404"]);
    assert.deepEqual(new Transcript(world).enter("nowhere", "1"), ["refuse status=404"]);
  });

  it("takes each priority from the best entry that has it", () => {
    const world = worldOf("[c]\nexten => 12,1,NoOp(a)\nexten => _1X,2,NoOp(b)\ninclude => d\n[d]\nexten => 12,3,NoOp(c)");
    assert.deepEqual(
      new Transcript(world).enter("c", "12").map((line) => line.slice(-2)),
      ["a)", "b)", "c)", "16"],
    );
  });

  it("goes to i with INVALID_EXTEN, else to e, where a Goto leads nowhere", () => {
    const goto = "[c]\nexten => s,1,Goto(nine,1)\n";
    const line = "log level=note text=NoOp";
    assert.equal(new Transcript(worldOf(`${goto}exten => i,1,NoOp(\${INVALID_EXTEN})`)).enter("c", "s")[0], `${line}(nine)`);
    assert.equal(new Transcript(worldOf(`${goto}exten => e,1,NoOp(\${EXTEN})`)).enter("c", "s")[0], `${line}(e)`);
  });

  it("runs h at the end, also when the caller hangs up; what would wait ends it", () => {
    const world = worldOf(`
      [c]
      exten => s,1,Wait(5)
      exten => h,1,NoOp(h \${HANGUPCAUSE})
      exten => h,2,Set(DEVICE_STATE(Custom:x)=NOT_INUSE)
      exten => h,3,Ringing()
      exten => h,4,Wait(1)
      exten => h,5,NoOp(never)`);
    const ending = ["log level=note text=NoOp(h 16)", "setDeviceState device=Custom:x state=NOT_INUSE"];
    for (const [act, hangup] of [
      ["hangUp", []],
      ["elapse", ["hangup cause=16"]],
    ] as const) {
      const call = new Transcript(world);
      assert.deepEqual(call.enter("c", "s"), ["wait ms=5000"]);
      assert.deepEqual(act === "hangUp" ? call.hangUp() : call.result({ type: "elapsed" }), [...ending, ...hangup]);
      assert.equal(call.leg.phase, "ended");
    }
  });

  it("tells h what was going on when the caller hung up", () => {
    const rows = [
      ["Read(a,dial,3,i)", "READSTATUS", "HANGUP"],
      ["Dial(SIP/1)", "DIALSTATUS", "CANCEL"],
      ["SLATrunk(t)", "SLATRUNK_STATUS", "UNANSWERED"],
      ["SLAStation(s_t)", "SLASTATION_STATUS", "CONGESTION"],
    ];
    for (const [step = "", variable = "", value = ""] of rows) {
      const call = new Transcript(worldOf(`[c]\nexten => s,1,${step}\nexten => h,1,NoOp(\${${variable}})`));
      call.enter("c", "s");
      assert.deepEqual(call.hangUp(), [`log level=note text=NoOp(${value})`]);
    }
  });

  it("takes a result only while its wait is on: late, double and foreign ones change nothing", () => {
    const call = new Transcript(worldOf("[c]\nexten => s,1,Wait(1)\nexten => s,2,Wait(2)"));
    call.enter("c", "s");
    call.result({ type: "elapsed" });
    const { leg } = call;
    assert.deepEqual(call.send({ type: "elapsed", id: 1, at: 0 }), []);
    assert.deepEqual(call.send({ type: "answered", id: 2, at: 0 }), []);
    assert.deepEqual(call.enter("c", "s"), []);
    assert.equal(call.leg, leg);
    call.hangUp();
    const ended = call.leg;
    assert.deepEqual(call.hangUp(), []);
    assert.deepEqual(call.send({ type: "elapsed", id: 2, at: 0 }), []);
    assert.equal(call.leg, ended);
  });

  it("ends an endless Goto after 1,000 steps without waiting, with one line and a hang-up", () => {
    const call = new Transcript(worldOf("[c]\nexten => s,1,Goto(1)\nexten => h,1,NoOp(h)"));
    assert.deepEqual(call.enter("c", "s"), [
      `${ENDS}s@c goes round in a circle: ended after ${STEPS_AT_ONCE_MAX} steps`,
      "hangup cause=38",
    ]);
  });

  it("ends a leg after 10,000 steps in all", () => {
    const call = new Transcript(worldOf("[c]\nexten => s,1,Wait(1)\nexten => s,2,Goto(1)"));
    call.enter("c", "s");
    let rounds = 0;
    while (call.leg.phase !== "ended" && rounds < STEPS_MAX) {
      call.result({ type: "elapsed" });
      rounds += 1;
    }
    assert.equal(rounds, STEPS_MAX / 2);
  });

  it("ends an h that goes round in a circle", () => {
    const call = new Transcript(worldOf("[c]\nexten => s,1,Hangup(17)\nexten => h,1,Goto(h,1)"));
    assert.equal(call.enter("c", "s").at(-1), "hangup cause=17");
  });

  it("stops at an application that is not supported, and says which", () => {
    assert.deepEqual(told("VoiceMail(1)\nNoOp(never)"), [
      `${ENDS}application VoiceMail is not supported: the call ends here`,
      "hangup cause=38",
    ]);
    assert.deepEqual(told("Frobnicate()"), [`${ENDS}there is no application Frobnicate: the call ends here`, "hangup cause=38"]);
  });

  it("waits for digits at the end of an extension when auto-fallthrough is off, and goes to t without any", () => {
    const text =
      "[c]\nexten => s,1,Answer()\nexten => 12,1,NoOp(12)\nexten => t,1,Hangup(18)\nexten => i,1,NoOp(${INVALID_EXTEN})";
    const begin = (): Transcript => {
      const call = new Transcript(worldOf(text, {}, true));
      assert.deepEqual(call.enter("c", "s"), ["answer delayMs=0"]);
      assert.match(call.result({ type: "answered" })[0] ?? "", /^read .*untilMatchedIn=c$/);
      return call;
    };
    assert.equal(begin().result({ type: "digits", status: "OK", digits: "12" })[0], "log level=note text=NoOp(12)");
    assert.equal(begin().result({ type: "digits", status: "OK", digits: "9" })[0], "log level=note text=NoOp(9)");
    assert.deepEqual(begin().result({ type: "digits", status: "TIMEOUT", digits: "" }), ["hangup cause=18"]);
  });
});

describe("applications in a leg (sla.md §5.7)", () => {
  it("Goto takes labels, + and -, contexts, and keeps an empty extension", () => {
    const world = worldOf(`
      [c]
      exten => s,1,Goto(+2)
      exten => s,2,Goto(d,x,1)
      exten => s,3(here),GotoIf($[1 = 2]?9:there)
      exten => s,4(there),NoOp(\${PRIORITY})
      exten => s,5,Goto(,-3)
      [d]
      exten => x,1,Goto(none)`);
    assert.deepEqual(new Transcript(world).enter("c", "s"), [
      "log level=note text=NoOp(4)",
      `${ENDS}Goto(none): no such priority or label`,
      "hangup cause=38",
    ]);
  });

  it("Read keeps its digits on TIMEOUT, answers unless told not to, and is skipped by option s", () => {
    const call = new Transcript(worldOf("[c]\nexten => s,1,Read(a,vm-intro,4,t(*),2,3)\nexten => s,2,NoOp(${a} ${READSTATUS})"));
    assert.deepEqual(call.enter("c", "s"), [
      'read answerFirst prompts=["vm-intro"] firstDigitMs=3000 nextDigitMs=3000 maxDigits=4 terminators=* attempts=2',
    ]);
    assert.equal(call.result({ type: "digits", status: "TIMEOUT", digits: "12" })[0], "log level=note text=NoOp(12 TIMEOUT)");
    assert.deepEqual(told("Read(a,,,s)\nNoOp(${a}${READSTATUS})"), ["SKIPPED"]);
    assert.match(
      told("Read(a,nosuchtone,999,ni)")[0] ?? "",
      /^read prompts=\["nosuchtone"\] firstDigitMs=10000 nextDigitMs=5000 maxDigits=255 /,
    );
    assert.deepEqual(told("Read()\nNoOp(${READSTATUS})"), [`${ENDS}Read without a variable reads nothing`, "ERROR"]);
  });

  it("Dial sets its variables, hands on what is inherited, and goes on after an answer with option g only", () => {
    const text = (options: string): string => `
      [c]
      exten => s,1,Set(_once=1)
      exten => s,2,Set(__always=2)
      exten => s,3,Set(none=3)
      exten => s,4,Set(CALLCOMPLETION(cc_agent_policy)=never)
      exten => s,5,Dial(SIP/a&Local/5@d/n&PJSIP/7@e&DAHDI/1,5,${options})
      exten => s,6,NoOp(\${DIALSTATUS} \${DIALEDTIME} \${ANSWEREDTIME} \${DIALEDPEERNAME} \${HANGUPCAUSE} \${once}\${always})`;
    const end = {
      type: "dialled",
      status: "ANSWER",
      cause: 16,
      dialedSeconds: 9,
      answeredSeconds: 4,
      peerName: "SIP/a-1",
    } as const;
    const plain = new Transcript(worldOf(text("")));
    plain.enter("c", "s");
    const [dial] = plain.effects;
    assert.ok(dial?.type === "dial");
    assert.deepEqual(dial.variables, [
      { name: "once", value: "1" },
      { name: "always", value: "2", inherit: "always" },
    ]);
    assert.deepEqual(dial.completion, [{ name: "cc_agent_policy", value: "never" }]);
    assert.deepEqual(dial.destinations, [
      { kind: "peer", technology: "SIP", peer: "a" },
      { kind: "local", extension: "5", context: "d", options: "n" },
      { kind: "peer", technology: "PJSIP", peer: "e", number: "7" },
      { kind: "other", technology: "DAHDI", resource: "1" },
    ]);
    assert.deepEqual(plain.result(end), ["hangup cause=16"]);
    const going = new Transcript(worldOf(text("tg")));
    going.enter("c", "s");
    assert.equal(going.result(end)[0], "log level=note text=NoOp(ANSWER 9 4 SIP/a-1 16 12)");
  });

  it("Dial to nothing is INVALIDARGS and a hang-up", () => {
    assert.deepEqual(told("Dial(SIP)"), [`${ENDS}Dial(SIP): a destination is technology/resource`, "hangup cause=38"]);
  });

  it("SLATrunk and SLAStation clear their status on entry (R23) and fail without an argument", () => {
    const call = new Transcript(
      worldOf("[c]\nexten => s,1,SLATrunk(a,M(jazz))\nexten => s,2,SLATrunk(a,M)\nexten => h,1,NoOp(${SLATRUNK_STATUS})"),
    );
    assert.deepEqual(call.enter("c", "s"), ["slaTrunk trunk=a musicClass=jazz"]);
    call.result({ type: "trunkEnded", status: "RINGTIMEOUT" });
    assert.ok(
      "facts" in call.leg && call.leg.facts.variables.some(({ name, value }) => name === "SLATRUNK_STATUS" && value === ""),
    );
    assert.deepEqual(told("SLAStation()\nNoOp(${SLASTATION_STATUS})"), ["FAILURE"]);
    assert.deepEqual(told("SLATrunk()\nNoOp(${SLATRUNK_STATUS})"), ["FAILURE"]);
  });

  it("after RINGTIMEOUT the same caller goes on (R29, scenario 30)", () => {
    const call = new Transcript(
      worldOf(
        "[c]\nexten => s,1,SLATrunk(a)\nexten => s,2,NoOp(${SLATRUNK_STATUS})\nexten => s,3,Answer\nexten => s,4,Playback(a&b)",
      ),
    );
    call.enter("c", "s");
    assert.deepEqual(call.result({ type: "trunkEnded", status: "RINGTIMEOUT" }), [
      "log level=note text=NoOp(RINGTIMEOUT)",
      "answer delayMs=0",
    ]);
    assert.deepEqual(call.result({ type: "answered" }), ['playback files=["a","b"]']);
    assert.deepEqual(call.result({ type: "played", status: "SUCCESS" }), ["hangup cause=16"]);
  });

  it("Busy, Congestion, Hangup and tones say what is to be heard", () => {
    assert.deepEqual(told("Playtones(dial)\nStopPlaytones()\nRinging\nProgress\nBusy(3)"), [
      "playTones tones=dial",
      "stopTones",
      "ringing",
      "progress",
      "busy ms=3000",
      "…", // prettier-ignore
    ]);
    assert.deepEqual(told("Congestion()"), ["congestion", "…"]);
    assert.deepEqual(told("Hangup(USER_BUSY)"), ["hangup cause=17"]);
    assert.deepEqual(told("Hangup(21)"), ["hangup cause=21"]);
    assert.deepEqual(told("Hangup(999)"), [`${ENDS}Hangup(999): no such cause`]);
    assert.deepEqual(told("Hangup(BEARERCAPABILITY_NOTAVAIL)"), ["hangup cause=58"]);
    assert.deepEqual(told("Answer(500)"), ["answer delayMs=500", "…"]);
    assert.deepEqual(told("Answer(,i)"), ["answer delayMs=0 immediate", "…"]);
    assert.deepEqual(told("Busy(0)"), ["busy ms=0", "…"]);
    assert.deepEqual(told("Congestion(junk)"), ["congestion", "…"]);
    assert.deepEqual(told("Wait(.5)"), ["wait ms=500", "…"]);
    for (const half of ["Wait(500ms)", "Wait(0.5 s)"]) assert.deepEqual(told(half), ["wait ms=500", "…"]);
    assert.deepEqual(told("Wait(1.5m)"), ["wait ms=90000", "…"]);
    assert.deepEqual(told("Wait(200000ms)"), ["wait ms=200000", "…"]);
    assert.deepEqual(told("Wait(100h)"), ["wait ms=86400000", "…"]);
    assert.deepEqual(told("Wait(0)\nWait(.)\nWait(2d)\nNoOp(on)"), ["on"]);
    assert.deepEqual(told("Wait(junk)\nVerbose(2,hello)"), ["log level=note text=hello"]);
  });

  it("DISA gives dial tone, goes where the digits lead, and else sounds congestion for 10 s", () => {
    const begin = (): Transcript => {
      const call = new Transcript(
        worldOf("[c]\nexten => s,1,DISA(no-password,out)\n[out]\nexten => _5XXX,1,NoOp(${CONTEXT} ${EXTEN})"),
      );
      assert.match(call.enter("c", "s")[0] ?? "", /^read answerFirst prompts=\["dial"\] tone .*untilMatchedIn=out$/);
      return call;
    };
    assert.equal(begin().result({ type: "digits", status: "OK", digits: "5001" })[0], "log level=note text=NoOp(out 5001)");
    assert.deepEqual(begin().result({ type: "digits", status: "OK", digits: "9" }), ["congestion ms=10000"]);
  });
});

describe("variables of a leg (sla.md §5.6)", function () {
  this.timeout(20_000);

  const entry = { uniqueId: "7.1", channel: "SIP/p-1", at: 1_700_000_000_123 };

  it("knows the built-in ones, globals and its own", () => {
    const names = "${EXTEN} ${CONTEXT} ${PRIORITY} ${CHANNEL} ${UNIQUEID} ${EPOCH} ${HANGUPCAUSE} ${G} ${HINT} ${HINTNAME}";
    const hint = { hint: () => ({ devices: "SLA:a_b", name: "Key" }) };
    assert.deepEqual(told(`NoOp(${names})`, entry, hint), ["s c 1 SIP/p-1 7.1 1700000000 0 global SLA:a_b Key"]);
    assert.deepEqual(told("Set(G=own)\nSet(EXTEN=x)\nNoOp(${G} ${EXTEN} ${none}.)"), ["own s ."]);
  });

  it("cuts substrings as sla.md's examples say", () => {
    const value = "Set(v=L1-0000FFFF0005_T1)\n";
    assert.deepEqual(told(`${value}NoOp(\${v:1:1} \${v:0:2} \${v:-2} \${v:3:-3} \${v:99} \${v:-99:2} \${v:1:-99})`), [
      "1 L1 T1 0000FFFF0005  L1 ",
    ]);
    assert.deepEqual(
      told("Set(slaLineId=1)\nSet(one=slaLineId)\nNoOp(T${slaLineId} ${${one}} ${sla${nothing}LineId:${PRIORITY}})"),
      ["T1 1 "],
    );
  });

  it("evaluates the functions of the subset", () => {
    const facts = {
      deviceState: (device: string) => (device === "SIP/a" ? "INUSE" : "INVALID") as "INUSE",
      extensionState: (extension: string, context: string) => `${extension}.${context}`,
      completionOption: (channel: string, option: string) => `${channel}.${option}`,
    };
    const lines = `
      Set(CALLERID(all)="Bob B" <77>)
      NoOp(\${CALLERID(num)} \${CALLERID(name)} \${CALLERID(all)})
      Set(CALLERID(num)=78)
      NoOp(\${CALLERID(number)} \${LEN(\${CALLERID(name)})} \${CALLERID(num):1})
      NoOp(\${DEVICE_STATE(SIP/a)} \${EXTENSION_STATE(5@x)} \${EXTENSION_STATE(5)})
      Set(DEVICE_STATE(Custom:d)=ringing)
      NoOp(\${DEVICE_STATE(Custom:d)})
      NoOp(\${IF($[1 < 2]?yes:no)} \${IF(0?yes:no)} \${IF(?yes:no)})
      NoOp(\${CALLCOMPLETION(cc_max_agents)})
      Set(CALLCOMPLETION(CC_MAX_AGENTS)=2)
      NoOp(\${CALLCOMPLETION(cc_max_agents)})`;
    assert.deepEqual(told(lines, entry, facts), [
      '77 Bob B "Bob B" <77>',
      "78 5 8",
      "INUSE 5.x 5.default",
      "setDeviceState device=Custom:d state=RINGING",
      "RINGING",
      "yes no no",
      "SIP/p-1.cc_max_agents",
      "2",
    ]);
  });

  it("warns of what cannot be set or worked out, and goes on", () => {
    const lines = "Set(DEVICE_STATE(SIP/a)=INUSE)\nSet(LEN(a)=1)\nSet(CALLCOMPLETION(x)=1)\nNoOp(${SHELL(rm)}$[1 +])\nSet(none)";
    const warned = told(lines);
    assert.equal(warned.filter((line) => line.startsWith(ENDS)).length, 6);
  });

  it("holds 1,000 variables of 4,096 characters and no more", () => {
    const doubling = "Set(a=0123456789abcdef)\n" + "Set(a=${a}${a})\n".repeat(10) + "NoOp(${LEN(${a})})";
    // "a=" is part of the 4,096.
    assert.deepEqual(told(doubling), ["4094"]);
    const variables = Array.from({ length: VARIABLES_MAX }, (_, at) => ({ name: `v${at}`, value: "x" }));
    assert.match(told("Set(more=1)\nSet(v1=2)\nNoOp(${more}${v1})", { variables }).join("|"), /more than 1000 variables.*\|2$/);
  });

  it("does not hang on regular expressions in a circle", () => {
    const value = "a".repeat(4000);
    const begin = process.cpuUsage();
    const lines = told('Set(x=$["${v}" =~ "^(a+)+(a|aa)*([a-z]*)*b$"])\nGoto(1)', { variables: [{ name: "v", value }] });
    assert.equal(lines.at(-1), "hangup cause=38");
    assert.ok(process.cpuUsage(begin).user < 1_500_000);
  });

  it("lets applications set their variables even when the dialplan has set 1,000", () => {
    const variables = Array.from({ length: VARIABLES_MAX }, (_, at) => ({ name: `v${at}`, value: "x" }));
    assert.deepEqual(told("SLATrunk()\nNoOp(${SLATRUNK_STATUS})", { variables }), ["FAILURE"]);
  });

  it("shows nothing invisible in a log", () => {
    assert.deepEqual(told("NoOp(${v})", { variables: [{ name: "v", value: "a\nb\u0000" }] }), ["a␣b␣"]);
  });
});
