import assert from "node:assert/strict";
import { readAsteriskSite } from "#asterisk/read-asterisk-site";
import type { SiteTexts } from "#asterisk/site-files";
import { checkDialplan } from "#domain/site/check-dialplan";
import { formatDiagnostic } from "#domain/site/diagnostic";
import { withGeneratedEntries } from "#domain/site/generated-entries";
import type { Account, Site } from "#domain/site/site";
import { accountOf } from "./site-of.ts";

const SLA = `[line1]
type = trunk
device = Local/disa@out
[line2]
type = trunk
device = DAHDI/2
[desk]
type = station
device = SIP/desk
trunk = line1
trunk = line2
`;

/** What is said of a dialplan; `parts` of the site beside it. */
function said(lines: readonly string[], parts: Partial<Site> = {}, texts: SiteTexts = {}): string[] {
  const { site } = readAsteriskSite({ ...texts, "extensions.conf": lines.join("\n") });
  return checkDialplan(withGeneratedEntries({ ...site, ...parts })).map(formatDiagnostic);
}

function caller(name: string, callerid: string, more: Partial<Account> = {}): Account {
  return { ...accountOf(name, "sip.conf:4"), context: "phones", callerid, ...more };
}

describe("checkDialplan", () => {
  describe("SLA-W15: where Local devices run", () => {
    it("names a context or an extension that is not there, with the nearest and blanks shown", () => {
      const device = (text: string): string[] =>
        said(
          ["[line1_outbound]", "exten => disa,1,NoOp()", "exten => _tru[n]kX,1,NoOp()", "exten => dark,hint,SIP/a"],
          {},
          {
            "sla.conf": `[T]\ntype=trunk\ndevice=${text}\n`,
          },
        );
      assert.deepEqual(device("Local/disa@line1_out bound/n"), [
        'sla.conf:1:1 SLA-W15 device of [T] runs in context "line1_out␣bound", which is not in extensions.conf (did you mean "line1_outbound"?): write that context',
      ]);
      assert.deepEqual(device("Local/dsa@line1_outbound/n"), [
        'sla.conf:1:1 SLA-W15 device of [T] runs in context "line1_outbound", which has no extension "dsa" with priority 1 (did you mean "disa"?): write exten => dsa,1,…',
      ]);
      assert.match(device("Local/dark@line1_outbound").join(), /no extension "dark" with priority 1/);
      assert.match(device("Local/disa").join(), /context "default", which is not in extensions.conf/);
      for (const fine of ["Local/disa@line1_outbound", "local/trunk1@line1_outbound/nj", "SIP/a@b"])
        assert.deepEqual(device(fine), [], fine);
    });

    it("looks at destinations of Dial too", () => {
      assert.deepEqual(said(["[a]", "exten => 1,1,Dial(Local/2@a&Local/3@b/n&Local/${X}@c,20)"]), [
        'extensions.conf:2:14 SLA-W15 Local/2@a runs in context "a", which has no extension "2" with priority 1 (did you mean "1"?): write exten => 2,1,…',
        'extensions.conf:2:14 SLA-W15 Local/3@b/n runs in context "b", which is not in extensions.conf (did you mean "a"?): write that context',
      ]);
    });
  });

  it("names stations and trunks that are not there in SLAStation and SLATrunk, not those with variables (SLA-W17, R7)", () => {
    const steps = ["SLAStation(dsk)", "SLAStation(desk_line3)", "SLATrunk(lne1,M(x))", "SLAStation(${EXTEN})", "SLATrunk(T${X})"];
    const fine = ["SLAStation(desk)", "slastation(DESK_Line2)", "SLATrunk(LINE1)", "NoOp()"];
    const lines = ["[out]", "exten => disa,1,NoOp()", ...[...steps, ...fine].map((step) => `same => n,${step}`)];
    assert.deepEqual(
      said(lines, {}, { "sla.conf": SLA }).filter((line) => !line.includes("SLA-I31")),
      [
        'extensions.conf:3:11 SLA-W17 SLAStation(dsk) names no station and no key (did you mean "desk"?): write STATION or STATION_TRUNK of sla.conf',
        'extensions.conf:4:11 SLA-W17 SLAStation(desk_line3) names no station and no key (did you mean "desk_line1"?): write STATION or STATION_TRUNK of sla.conf',
        'extensions.conf:5:11 SLA-W17 SLATrunk(lne1) names no trunk (did you mean "line1"?): write a trunk of sla.conf',
      ],
    );
  });

  it("finds the key of a station with an underscore in its name (R7)", () => {
    const sla = SLA.replace("[desk]", "[desk_1]");
    assert.deepEqual(
      said(["[out]", "exten => disa,1,SLAStation(desk_1_line1)", "same => n,SLAStation(desk_1)"], {}, { "sla.conf": sla }),
      [],
    );
  });

  it("says what is not executed and where (SLA-W21)", () => {
    const steps = [
      "VoiceMail(100)",
      "Diall(SIP/a)",
      "frobnicate",
      "Set(x=${CUT(y,,1)})",
      "NoOp(${SHELL(rm)})",
      "NoOp($[1 + ${LEN(x)}])",
      "NoOp($[1 + ])",
    ];
    assert.deepEqual(said(["[a]", ...steps.map((step, at) => `exten => 1,${at + 1},${step}`)]), [
      "extensions.conf:2:14 SLA-W21 VoiceMail is not supported: not executed, a call ends here in 1 of [a]; write a supported one or remove it",
      'extensions.conf:3:14 SLA-W21 Diall is no application (did you mean "Dial"?): not executed, a call ends here in 1 of [a]; write a supported one or remove it',
      "extensions.conf:4:14 SLA-W21 frobnicate is no application: not executed, a call ends here in 1 of [a]; write a supported one or remove it",
      "extensions.conf:5:14 SLA-W21 function CUT in 1 of [a] is not worked out and gives nothing: write it without",
      "extensions.conf:6:14 SLA-W21 function SHELL in 1 of [a] is not worked out and gives nothing: write it without",
      "extensions.conf:8:14 SLA-W21 an expression $[…] in 1 of [a] cannot be read and gives nothing: write $[value operator value]",
    ]);
  });

  it("says once a file what many lines ask for, and names functions that Set cannot write (SLA-W21)", () => {
    const lines = [1, 2, 3, 4].flatMap((at) => [`exten => ${at},1,Macro(m)`, "same => n,Set(TIMEOUT(digit)=${CUT(x)}${CUT(y)})"]);
    assert.deepEqual(said(["[a]", ...lines, "same => n,Set(CALLERID(num)=1)", "same => n,Set(x=f(y)=z)"]), [
      "extensions.conf:2:14 SLA-W21 Macro is not supported: not executed, a call ends here in 1 of [a]; write a supported one or remove it; also in lines 4, 6, 8",
      "extensions.conf:3:11 SLA-W21 TIMEOUT() in 1 of [a] cannot be set: the line does nothing, remove it; also in lines 5, 7, 9",
      "extensions.conf:3:11 SLA-W21 function CUT in 1 of [a] is not worked out and gives nothing: write it without; also in lines 5, 7, 9",
    ]);
  });

  it("names options that CALLCOMPLETION() does not have (CC-W09, ccss.md §2.5)", () => {
    const lines = [
      "Set(CALLCOMPLETION(cc_agnt_policy)=never)",
      "NoOp(${CALLCOMPLETION(CC_offer_timer)} ${CALLCOMPLETION(${X})})",
    ];
    assert.deepEqual(said(["[a]", ...lines.map((step, at) => `exten => 1,${at + 1},${step}`)]), [
      'extensions.conf:2:14 CC-W09 CALLCOMPLETION(cc_agnt_policy) in 1 of [a] is no option of call completion (did you mean "cc_agent_policy"?): it gives and sets nothing',
    ]);
  });

  it("names arguments that do not fit and variables that are not closed (EXT-W17, EXT-W18)", () => {
    assert.deepEqual(said(["[a]", "exten => 1,1,Dial()", "same => n,NoOp(${X)", "same => n,Wait(long)"]), [
      "extensions.conf:2:14 EXT-W17 Dial without a destination; write Dial(SIP/5001,20)",
      'extensions.conf:3:11 EXT-W18 "${" in 1 of [a] is not closed: all that follows is taken, write the "}"',
      "extensions.conf:4:11 EXT-W17 Wait needs a number of seconds; write Wait(1)",
    ]);
  });

  describe("EXT-W05, EXT-W19: where calls are sent", () => {
    it("names contexts, extensions, priorities and labels that are not there", () => {
      const steps = ["Goto(b,2,1)", "Goto(phnes,1,1)", "Goto(3,1)", "Goto(9)", "Goto(far)", "GotoIf($[1]?2,x:nowhere)"];
      const lines = ["[phones]", ...steps.map((step, at) => `exten => 1,${at + 1},${step}`), "[b]", "exten => 1,1,NoOp()"];
      assert.deepEqual(said(lines), [
        'extensions.conf:2:14 EXT-W19 Goto in 1 of [phones] leads to extension "2", which is not in [b] (did you mean "1"?): the call ends',
        'extensions.conf:3:14 EXT-W19 Goto in 1 of [phones] leads to context "phnes", which is not there (did you mean "phones"?): the call ends',
        'extensions.conf:4:14 EXT-W19 Goto in 1 of [phones] leads to extension "3", which is not in [phones] (did you mean "1"?): the call ends',
        "extensions.conf:5:14 EXT-W19 Goto in 1 of [phones] leads to priority 9, which 1 of [phones] has not: the call ends",
        "extensions.conf:6:14 EXT-W19 Goto in 1 of [phones] leads to label far, which 1 of [phones] has not: the call ends",
        'extensions.conf:7:14 EXT-W19 GotoIf in 1 of [phones] leads to extension "2", which is not in [phones] (did you mean "1"?): the call ends',
        "extensions.conf:7:14 EXT-W19 GotoIf in 1 of [phones] leads to label nowhere, which 1 of [phones] has not: the call ends",
      ]);
    });

    it("follows patterns, includes, labels and relative priorities, and leaves variables and contexts with i alone", () => {
      const lines = [
        ...[
          "[a]",
          "include => b",
          "exten => s,1(top),Goto(12,1)",
          "same => n,Goto(far,1)",
          "same => n,Goto(top)",
          "same => n,Goto(+1)",
        ],
        ...["same => n,Goto(c,7,1)", "same => n,Goto(${X},1)", 'same => n,GotoIf($["${X:1:2}" = ""]?${Y:1},1:top)'],
        ...["same => n,Goto(12,end)", "exten => _X.,1,Goto(2)", "exten => _X.,2,NoOp()"],
        ...["[b]", "exten => far,1,NoOp()", "exten => _1X,1(end),NoOp()", "[c]", "exten => i,1,Congestion()"],
      ];
      assert.deepEqual(said(lines), []);
    });
  });

  it("knows that i catches an extension that is not there, but neither a label nor a priority (sla.md §5.5, EXT-W19)", () => {
    const steps = ["Goto(nowhere)", "Goto(9)", "Goto(1,9)", "Goto(7,1)", "Goto(7,nowhere)"];
    for (const catcher of ["i", "e"]) {
      const lines = ["[a]", ...steps.map((step, at) => `exten => 1,${at + 1},${step}`), `exten => ${catcher},1,Hangup()`];
      assert.deepEqual(
        said(lines).map((line) => /leads to ([^,]*)/.exec(line)?.[1]),
        ["label nowhere", "priority 9", "priority 9", 'extension "7"'],
      );
    }
  });

  it("tells of functions that would do nothing when they are set or asked (design §9.22, SLA-W21, EXT-W17)", () => {
    const calls = ["Set(GLOBAL(A)=1)", "Set(LEN(x)=1)", "Set(DEVICE_STATE(SIP/x)=INUSE)", "Set(DEVICE_STATE(Custom:x)=BAD)"];
    calls.push("Set(CALLERID(ani)=1)", "NoOp(${CALLERID(ani)})");
    const lines = ["[a]", ...calls.map((call, at) => `exten => 1,${at + 1},${call}`)];
    assert.deepEqual(said(lines), [
      "extensions.conf:2:14 SLA-W21 GLOBAL() in 1 of [a] cannot be set: the line does nothing, remove it",
      "extensions.conf:3:14 SLA-W21 LEN() in 1 of [a] cannot be set: the line does nothing, remove it",
      "extensions.conf:4:14 EXT-W17 DEVICE_STATE() in 1 of [a] can be set for devices of the dialplan only: write DEVICE_STATE(Custom:name)",
      "extensions.conf:5:14 EXT-W17 DEVICE_STATE() in 1 of [a] is set to something that is no state: write NOT_INUSE, INUSE or RINGING",
      "extensions.conf:6:14 SLA-W21 CALLERID() in 1 of [a] is worked out for num, name and all only: write one of these",
      "extensions.conf:7:14 SLA-W21 CALLERID() in 1 of [a] is worked out for num, name and all only: write one of these",
    ]);
    const right = [
      "Set(CALLERID(NUM)=1)",
      "Set(DEVICE_STATE(custom:${EXTEN})=${S})",
      "Set(A=${CALLERID(num):1}(x)=2)",
      "Set(CALLERID(${P})=1)",
    ];
    assert.deepEqual(said(["[a]", ...right.map((call, at) => `exten => 1,${at + 1},${call}`)]), []);
  });

  describe("accounts that are dialled", () => {
    it("names a phone that is no account, with the nearest (EXT-W20)", () => {
      assert.deepEqual(
        said(["[a]", "exten => 1,1,Dial(SIP/phone9&PJSIP/PHONE1&SIP/${X},20)"], { accounts: [accountOf("phone1")] }),
        [
          'extensions.conf:2:14 EXT-W20 1 of [a] dials SIP/phone9, but there is no such account (did you mean "phone1"?): add [phone9] to sip.conf',
        ],
      );
    });

    it("notes once that a provider is no account, not where it is one or a host (EXT-I04)", () => {
      const destinations = [
        "SIP/1@itspp",
        "SIP/itspp/2",
        "SIP/3@itsp",
        "PJSIP/itsp/4",
        "SIP/5@sip.example.net",
        "SIP/${X}@192.0.2.1",
      ];
      const lines = ["[a]", ...destinations.map((one, at) => `exten => 1,${at + 1},Dial(${one})`)];
      assert.deepEqual(said(lines, { accounts: [accountOf("itsp")] }), [
        'extensions.conf:2:14 EXT-I04 itspp is no account (did you mean "itsp"?): calls through it fail, write its section in sip.conf or a host name',
      ]);
    });
  });

  it("names callers whose own number is not there while one that looks like it is (SLA-W23, D20)", () => {
    const lines = [
      "[phones]",
      "exten => 7101,1,Dial(SIP/phone1,20)",
      "exten => 7102,1,Dial(SIP/phone2,20)",
      "exten => 7202,1,NoOp()",
    ];
    const accounts = [
      caller("phone1", "7001"),
      caller("phone2", '"Two" <7002>'),
      caller("outside", "<12565551212>"),
      caller("phone3", "7102"),
      caller("phone4", "nobody"),
      caller("phone5", "7001", { context: "elsewhere" }),
    ];
    assert.deepEqual(said(lines, { accounts }), [
      "sip.conf:4:1 SLA-W23 account phone1 calls as 7001, which is no extension of [phones]: nobody can call it back, did you mean 7101?",
      "sip.conf:4:1 SLA-W23 account phone2 calls as 7002, which is no extension of [phones]: nobody can call it back, did you mean 7102?",
    ]);
  });

  it("names extensions that no call can begin with (SLA-W24, D24)", () => {
    const lines = [
      ...["[line2]", "exten => s,2,NoOp()", "exten => 5,2,NoOp()", "exten => _6X,3,NoOp()", "exten => _5,1,NoOp()"],
      ...["exten => sub,10,NoOp()", "exten => 5,3,Goto(sub,10)"],
    ];
    assert.deepEqual(said(lines), [
      "extensions.conf:2:14 SLA-W24 s of [line2] begins with priority 2: no call gets there, write priority 1",
      "extensions.conf:4:16 SLA-W24 _6X of [line2] begins with priority 3: no call gets there, write priority 1",
    ]);
  });

  describe("SLA-I31: how callers come in", () => {
    const texts = { "sla.conf": SLA };
    const provider = (more: Partial<Account> = {}): Account => ({
      ...accountOf("provider"),
      context: "in",
      host: "192.0.2.9",
      ...more,
    });
    const inbound = (lines: readonly string[], accounts: readonly Account[]): string[] =>
      said(["[out]", "exten => disa,1,NoOp()", "[in]", ...lines], { accounts }, texts).filter((line) => line.includes("SLA-I31"));
    const ONLY_S = ["exten => s,1,SLATrunk(line1)", "exten => i,1,Hangup()"];

    it("wants a pattern beside s when the provider's calls come with a number", () => {
      const message =
        'extensions.conf:4:14 SLA-I31 calls of provider come with a number, and [in] has only "s": add exten => _X.,1,Goto(s,1)';
      const registration = { server: "sip.example.net", username: "u", origin: "sip.conf:2" };
      assert.deepEqual(inbound(ONLY_S, [provider()]), [message]);
      assert.deepEqual(inbound(ONLY_S, [provider({ registration: { ...registration, extension: "100" } })]), [message]);
      assert.deepEqual(inbound(ONLY_S, [provider({ registration })]), []);
      assert.deepEqual(inbound([...ONLY_S, "exten => _X.,1,Goto(s,1)"], [provider()]), []);
      assert.deepEqual(inbound([...ONLY_S, "include => out"], [provider()]), []);
    });

    it("names a context of numbers that nothing leads to (D14), not one that is entered by s", () => {
      const numbers = ["exten => _LX!,1,Set(x=${EXTEN:1:1})", " same => n,SLATrunk(line${x})"];
      assert.deepEqual(inbound(numbers, []), [
        "extensions.conf:5:12 SLA-I31 [in] leads to a trunk, but nothing leads to [in]: write context = in at the account that delivers its calls",
      ]);
      assert.deepEqual(inbound(numbers, [provider()]), []);
      for (const more of [
        "[x]\ninclude => in",
        "[x]\nexten => 1,1,Goto(in,${EXTEN},1)",
        "[x]\nexten => 1,1,DISA(no-password,in)",
      ])
        assert.deepEqual(inbound([...numbers, more], []), [], more);
      assert.deepEqual(inbound(ONLY_S, []), []);
    });

    it("says nothing of analog lines", () => {
      assert.deepEqual(inbound(["exten => s,1,SLATrunk(line2)"], [provider()]), []);
      assert.deepEqual(inbound(["exten => 100,1,SLATrunk(line2)"], []), []);
    });
  });

  describe("advice", () => {
    it("notes a number that is not looked for before it is gone to, unless the context has i (EXT-I06, D10)", () => {
      const lines = ["[a]", "exten => disa,1,Read(Request,dial,11,i)", "same => n,Goto(${Request},1)", "exten => _1XX,1,NoOp()"];
      assert.deepEqual(said(lines), [
        "extensions.conf:3:11 EXT-I06 a number in ${Request} that [a] does not have ends the call without a word, and an empty one starts over: add exten => i,1,Congestion()",
      ]);
      assert.deepEqual(said([...lines, "exten => i,1,Congestion()"]), []);
    });

    it("notes Read without a maximum of digits (EXT-I05, D11)", () => {
      const read = (args: string): string[] => said(["[a]", `exten => disa,1,Read(${args})`]);
      assert.deepEqual(read("Request,dial,,i"), [
        'extensions.conf:2:17 EXT-I05 Read in disa of [a] has no maximum of digits: after every number it waits 10 s or for "#", write Read(variable,dial,11,i)',
      ]);
      assert.equal(read("Request").length, 1);
      assert.deepEqual(read("Request,dial,${MAX},i"), []);
    });

    it("notes a number that is dialled though it may be empty (EXT-I07, D13)", () => {
      const dial = (...between: string[]): string[] =>
        said(
          ["[a]", "exten => 1,1,Read(R,dial,10,i)", ...between.map((step) => `same => n,${step}`), "same => n,Dial(SIP/p/${R})"],
          { accounts: [accountOf("p")] },
        );
      assert.deepEqual(dial("NoOp(${R})"), [
        'extensions.conf:4:11 EXT-I07 ${R} may be empty when 1 of [a] dials it: write GotoIf($["${R}" = ""]?…) above',
      ]);
      assert.deepEqual(dial('GotoIf($["${R}" = ""]?1)'), []);
      assert.deepEqual(dial('GotoIf($["${READSTATUS}" = "TIMEOUT"]?1)'), []);
      assert.deepEqual(dial("Set(R=100)"), []);
    });

    it("notes that nothing follows SLATrunk where a caller may come back (EXT-I08, D12)", () => {
      const after = (trunk: string, sla = SLA, ...more: string[]): string[] =>
        said(["[out]", "exten => disa,1,NoOp()", "[in]", `exten => s,1,SLATrunk(${trunk})`, ...more], {}, { "sla.conf": sla });
      assert.deepEqual(after("line1"), [
        "extensions.conf:4:14 EXT-I08 nothing follows SLATrunk in s of [in]: callers whom nobody answers are hung up, add steps that look at SLATRUNK_STATUS",
      ]);
      assert.equal(after("line1", SLA, "same => n,Hangup()").length, 1);
      assert.deepEqual(after("line1", SLA, "same => n,NoOp(${SLATRUNK_STATUS})"), []);
      assert.deepEqual(after("line2"), []);
      assert.equal(after("line2", SLA.replace("DAHDI/2", "DAHDI/2\nringtimeout = 20")).length, 1);
    });

    it("notes that callers of a trunk with ringtimeout have no entry of their own (EXT-I09, D25)", () => {
      const lines = ["[a]", "exten => s,1,NoOp()", "same => n,Goto(s-${SLATRUNK_STATUS},1)", "exten => s-FAILURE,1,NoOp()"];
      assert.deepEqual(said(lines), [
        "extensions.conf:3:11 EXT-I09 [a] has no s-RINGTIMEOUT: callers of a trunk with ringtimeout are left alone, add exten => s-RINGTIMEOUT,1,…",
      ]);
      assert.deepEqual(said([...lines, "exten => s-RINGTIMEOUT,1,NoOp()"]), []);
    });
  });

  it("judges no generated entry, but the place that a site.yaml names and nobody wrote (SLA-W15)", () => {
    const { site } = readAsteriskSite({
      "sla.conf": SLA.replace("[desk]", "[desk]\nautocontext = out").replace("[line1]", "[line1]\nautocontext = in"),
    });
    const yaml = { ...site, trunks: site.trunks.map((trunk) => ({ ...trunk, origin: "site.yaml:1" })) };
    assert.deepEqual(checkDialplan(withGeneratedEntries(yaml)).map(formatDiagnostic), [
      'site.yaml:1:1 SLA-W15 device of [line1] runs in context "out", which has no extension "disa" with priority 1: write "disa": [Application(), …]',
    ]);
  });
});
