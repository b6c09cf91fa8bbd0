import assert from "node:assert/strict";
import { Transcript, worldOf } from "./transcript.ts";

const READ_11 =
  'read answerFirst prompts=["dial"] tone firstDigitMs=10000 nextDigitMs=10000 maxDigits=11 terminators=# attempts=1';
const READ_AGAIN = READ_11.replace("answerFirst ", "");
const CALLER = "callerNumber=12564286000 callerName=Ann";

const KEY_SYSTEM = worldOf(`
  [line1]
  exten => s,1,SLATrunk(line1)
  exten => _X.,1,Goto(s,1)
  [line1_outbound]
  exten => disa,1,NoOp()
  same => n,Read(Request,dial,11,i)
  same => n,Goto(\${Request},1)
  exten => _1NXXNXXXXXX,1,Dial(SIP/\${EXTEN}@myprovider)
  [sla_stations]
  exten => station1,1,SLAStation(station1)
  exten => station1_line1,1,SLAStation(station1_line1)`);

describe("the requirement texts' snippets, as transcripts (sla.md §5.8)", () => {
  it("an inbound call goes to the trunk by number or without; after RINGTIMEOUT nothing follows and the caller is hung up", () => {
    for (const extension of ["12564286000", "s", ""]) {
      const call = new Transcript(KEY_SYSTEM);
      assert.deepEqual(call.enter("line1", extension), ["slaTrunk trunk=line1"]);
      assert.deepEqual(call.result({ type: "trunkEnded", status: "RINGTIMEOUT" }), ["hangup cause=16"]);
      assert.equal(call.leg.phase, "ended");
    }
  });

  it("a line key reaches its station, and a refused one ends with the cause it was refused with (§3.8)", () => {
    const call = new Transcript(KEY_SYSTEM);
    assert.deepEqual(call.enter("sla_stations", "station1_line1"), ["slaStation station=station1_line1"]);
    assert.deepEqual(call.result({ type: "stationEnded", status: "CONGESTION", cause: 17 }), ["hangup cause=17"]);
    assert.deepEqual(new Transcript(KEY_SYSTEM).enter("sla_stations", "station9"), ["refuse status=404"]);
  });

  it("disa: dial tone, 11 digits, the provider is dialled", () => {
    const call = new Transcript(KEY_SYSTEM);
    assert.deepEqual(call.enter("line1_outbound", "disa"), ["log level=note text=NoOp()", READ_11]);
    assert.deepEqual(call.result({ type: "digits", status: "OK", digits: "12565551212" }), [
      `dial destinations=[{"kind":"peer","technology":"SIP","peer":"myprovider","number":"12565551212"}] ${CALLER}`,
    ]);
    assert.deepEqual(call.result({ type: "dialled", status: "ANSWER", answeredSeconds: 3 }), ["hangup cause=16"]);
  });

  it("disa: silence gives dial tone again, for ever", () => {
    const call = new Transcript(KEY_SYSTEM);
    call.enter("line1_outbound", "disa");
    for (let times = 0; times < 50; times += 1)
      assert.deepEqual(call.result({ type: "digits", status: "TIMEOUT", digits: "" }), [
        "log level=note text=NoOp()",
        READ_AGAIN,
      ]);
    assert.deepEqual(call.hangUp(), []);
    assert.equal(call.leg.phase, "ended");
  });

  it("disa: seven digits match nothing and there is no i: hung up as unallocated, which the trunk turns into congestion (R22)", () => {
    const call = new Transcript(KEY_SYSTEM);
    call.enter("line1_outbound", "disa");
    assert.deepEqual(call.result({ type: "digits", status: "TIMEOUT", digits: "5551212" }), [
      "log level=warning text=5551212@line1_outbound is not there, nor is an extension i: the call ends",
      "hangup cause=1",
    ]);
  });

  it("Dial alone at priority 1: what became of it is heard for 10 s (auto-fallthrough)", () => {
    const rows = [
      ["BUSY", 17, ["busy ms=10000"], ["hangup cause=17"]],
      ["CONGESTION", undefined, ["congestion ms=10000"], ["hangup cause=34"]],
      ["CHANUNAVAIL", 20, ["congestion ms=10000"], ["hangup cause=20"]],
      ["NOANSWER", undefined, ["hangup cause=16"], undefined],
    ] as const;
    for (const [status, cause, tone, end] of rows) {
      const call = new Transcript(KEY_SYSTEM);
      call.enter("line1_outbound", "12565551212");
      assert.deepEqual(call.result({ type: "dialled", status, ...(cause === undefined ? {} : { cause }) }), tone);
      if (end !== undefined) assert.deepEqual(call.result({ type: "elapsed" }), end);
      assert.equal(call.leg.phase, "ended");
    }
  });

  const ALTERNATE = worldOf(`
    [sla_trunks]
    exten => _tru[n]kX,1,NoOp(\${EXTEN})
    same => n,Read(Request,dial,10,i)
    same => n,Dial(SIP/my_itsp/\${Request})
    [LocalSets]
    include => SLA_Outbound
    [SLA_Outbound]
    exten => _LX!,1,SLAStation(\${EXTEN})
    [SLA_Inbound]
    exten => _LX!,1,Set(slaLineId=\${EXTEN:1:1})
    same => n,SLATrunk(T\${slaLineId})`);

  it("alternate layout: trunk1 collects ten digits for the provider; without any, the peer alone is dialled (D13)", () => {
    for (const [digits, number] of [
      ["2565551212", "2565551212"],
      ["", ""],
    ]) {
      const call = new Transcript(ALTERNATE);
      const [log, read] = call.enter("sla_trunks", "trunk1");
      assert.equal(log, "log level=note text=NoOp(trunk1)");
      assert.match(read ?? "", /^read .*maxDigits=10 /);
      assert.deepEqual(call.result({ type: "digits", status: "OK", digits: digits ?? "" }), [
        `dial destinations=[{"kind":"peer","technology":"SIP","peer":"my_itsp","number":"${number ?? ""}"}] ${CALLER}`,
      ]);
    }
    assert.deepEqual(new Transcript(ALTERNATE).enter("sla_trunks", "tru5k1"), ["refuse status=404"]);
  });

  it("alternate layout: a key finds its station through the include", () => {
    assert.deepEqual(new Transcript(ALTERNATE).enter("LocalSets", "L1-0000FFFF0005_T1"), [
      "slaStation station=L1-0000FFFF0005_T1",
    ]);
  });

  it("alternate layout: L1 reaches trunk T1, L2 trunk T2", () => {
    assert.deepEqual(new Transcript(ALTERNATE).enter("SLA_Inbound", "L1"), ["slaTrunk trunk=T1"]);
    assert.deepEqual(new Transcript(ALTERNATE).enter("SLA_Inbound", "L2"), ["slaTrunk trunk=T2"]);
  });

  const SHARED = worldOf(`
    [pbx_extensions]
    exten => 5001,1,SLATrunk(5001)
    exten => 5002,1,Dial(SIP/5002,20)
    [5001_outbound]
    exten => disa,1,Read(Request,dial,,i)
    same => n,Goto(\${Request},1)
    include => pbx_extensions`);

  it("5001: the second caller gets FAILURE at once", () => {
    const call = new Transcript(SHARED);
    assert.deepEqual(call.enter("pbx_extensions", "5001"), ["slaTrunk trunk=5001"]);
    assert.deepEqual(call.result({ type: "trunkEnded", status: "FAILURE" }), ["hangup cause=16"]);
  });

  it("5001_outbound: up to 255 digits (D11), and the number may stand in the included context", () => {
    const call = new Transcript(SHARED);
    assert.match(call.enter("5001_outbound", "disa")[0] ?? "", /^read .*maxDigits=255 /);
    assert.deepEqual(call.result({ type: "digits", status: "OK", digits: "5002" }), [
      `dial destinations=[{"kind":"peer","technology":"SIP","peer":"5002"}] timeoutMs=20000 ${CALLER}`,
    ]);
    assert.deepEqual("facts" in call.leg && [call.leg.facts.context, call.leg.facts.extension], ["5001_outbound", "5002"]);
  });

  const CALLBACK = worldOf(`
    [phones]
    exten => 7101,1,Dial(SIP/phone1,20)
    same => n,Hangup()
    exten => 7102,1,Dial(SIP/phone2,20)
    same => n,Hangup()
    exten => *30,1,CallCompletionRequest()
    same => n,NoOp(\${CC_REQUEST_RESULT} \${CC_REQUEST_REASON})
    same => n,Hangup()
    exten => *31,1,CallCompletionCancel()
    same => n,NoOp(\${CC_CANCEL_RESULT} \${CC_CANCEL_REASON})
    same => n,Hangup()`);

  it("call completion: a busy callee ends the call with his cause", () => {
    const call = new Transcript(CALLBACK);
    call.enter("phones", "7102");
    assert.deepEqual(call.result({ type: "dialled", status: "BUSY", cause: 17 }), ["hangup cause=17"]);
  });

  it("call completion: *30 requests and *31 cancels, and the result is in the variables (ccss.md §4.2, §4.3)", () => {
    const requested = new Transcript(CALLBACK);
    assert.deepEqual(requested.enter("phones", "*30"), ["completionRequest"]);
    assert.deepEqual(requested.result({ type: "completionRequested" }), [
      "log level=note text=NoOp(SUCCESS )",
      "hangup cause=16",
    ]);
    const cancelled = new Transcript(CALLBACK);
    assert.deepEqual(cancelled.enter("phones", "*31"), ["completionCancel"]);
    assert.deepEqual(cancelled.result({ type: "completionCancelled", reason: "NO_CORE_INSTANCE" }), [
      "log level=note text=NoOp(FAIL NO_CORE_INSTANCE)",
      "hangup cause=16",
    ]);
  });
});
