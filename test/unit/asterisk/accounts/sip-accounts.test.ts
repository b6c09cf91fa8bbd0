import assert from "node:assert/strict";
import { parseConf } from "#asterisk/conf/parse-conf";
import { readSip, type SipReading } from "#asterisk/accounts/read-sip";
import { parseHost } from "#asterisk/accounts/account-values";
import type { Account } from "#domain/site/account";
import { linesOf } from "../conf-of.ts";

function read(...lines: string[]): SipReading {
  return readSip(parseConf(lines.join("\n"), "sip.conf").conf);
}

/** The one account of these lines, and what is said of it without file and line. */
function one(...lines: string[]): { readonly account: Partial<Account>; readonly said: readonly string[] } {
  const reading = read("[a]", ...lines);
  const { name, context, subscribeContext, origin, ...account } = reading.accounts[0] ?? assert.fail("no account");
  assert.deepEqual([name, context, subscribeContext, origin], ["a", "default", "default", "sip.conf:1"]);
  return { account, said: reading.diagnostics.map(({ code, message }) => `${code} ${message}`) };
}

describe("an account of sip.conf", () => {
  it("is a peer at its host, with its port and transports in order", () => {
    const lines = ["type = peer", "host = sip.example.com", "port = 5070", "transport = tls,udp", "insecure = invite,port"];
    assert.deepEqual(one(...lines), {
      account: { type: "peer", host: "sip.example.com", port: 5070, transports: ["tls", "udp"], insecure: ["port", "invite"] },
      said: [],
    });
    assert.deepEqual(one("host = 192.0.2.7:5080").account, { host: "192.0.2.7", port: 5080 });
    assert.deepEqual(one("host = [2001:db8::7]:5080").account, { host: "2001:db8::7", port: 5080 });
    for (const host of ["dynamic", "Dynamic", ""]) assert.deepEqual(one("type=friend", `host=${host}`).account, {});
  });

  it("is left out where its host is none (SIP-E06)", () => {
    const reading = read("[a]", "host = not a name", "[b]");
    assert.deepEqual(
      reading.accounts.map(({ name }) => name),
      ["b"],
    );
    assert.deepEqual(linesOf(reading), [
      'sip.conf:2:8 SIP-E06 host "not a name" of [a] is no name and no address: write one, or dynamic',
    ]);
    for (const text of ["1.2.3.4:0", "a..b", "[1.2.3.4]", "a:99999", "a:b:c", "", "x".repeat(64), "-".repeat(254)])
      assert.equal(parseHost(text), undefined, text);
    for (const text of ["a.b.", "_sip.x", "::1", "[::1]", "a:65535"]) assert.notEqual(parseHost(text), undefined, text);
  });

  it("keeps permit and deny in their order, lists and turned rules too", () => {
    assert.deepEqual(
      one("deny=0.0.0.0/0.0.0.0", "permit = 192.168.0.0/255.255.0.0, !192.168.9.9", "permit = 10.0.0.1", "deny=fd00::/8").account,
      {
        acl: [
          { action: "deny", network: "0.0.0.0/0" },
          { action: "permit", network: "192.168.0.0/16" },
          { action: "deny", network: "192.168.9.9/32" },
          { action: "permit", network: "10.0.0.1/32" },
          { action: "deny", network: "fd00::/8" },
        ],
      },
    );
  });

  it("stays out when its doors are not known (SIP-E04), and says that acl.conf is not read (SIP-W06)", () => {
    for (const bad of ["x", "10.0.0.0/33", "10.0.0.0/255.0.255.0", "10.0.0.0/", "fe80::1%eth0"]) {
      const reading = read("[a]", `permit = ${bad}`);
      assert.deepEqual(reading.accounts, []);
      assert.deepEqual(linesOf(reading), [
        `sip.conf:2:10 SIP-E04 permit "${bad}" is no network: the account is left out, write an address like 192.168.0.0/16`,
      ]);
    }
    const many = (count: number): string => `deny = ${Array(count).fill("10.0.0.1").join()}`;
    assert.equal(read("[a]", many(100)).accounts[0]?.acl?.length, 100);
    assert.deepEqual(read("[a]", many(101)).accounts, []);
    assert.deepEqual(one("acl = office").said, [
      'SIP-W06 acl "office" is a list of acl.conf, which is not read: nobody is kept out by it, write permit and deny',
    ]);
  });

  it("is asked every qualifyfreq seconds: qualify itself is how long an answer may take", () => {
    for (const [lines, seconds] of [
      [["qualify = yes"], 60],
      [["qualify = 2000"], 60],
      [["qualify = 500", "qualifyfreq = 30"], 30],
      [["qualify = no", "qualifyfreq = 30"], undefined],
      [["qualify = 0"], undefined],
      [["qualifyfreq = 30"], undefined],
    ] as const)
      assert.deepEqual(one(...lines), { account: seconds === undefined ? {} : { qualifySeconds: seconds }, said: [] });
    assert.deepEqual(one("qualify = often", "qualifyfreq=0").said, [
      'SIP-W04 qualify "often" is not yes, no or milliseconds for an answer: no is used',
    ]);
    assert.deepEqual(one("qualify = yes", "qualifyfreq=0").said, [
      'SIP-W04 qualifyfreq "0" is no number of seconds from 1 to 86400: 60 is used',
    ]);
  });

  it("has limits, a mailbox, names for the other side, and a registration of its own", () => {
    assert.deepEqual(
      one(
        "call-limit = 4",
        "busylevel = 2",
        "mailbox = 100, 200@sales",
        "allowsubscribe = no",
        'fullname = Ann "A" Bee',
        "cid_number=12",
      ),
      {
        account: {
          callLimit: 4,
          busyLevel: 2,
          mailbox: "100@default,200@sales",
          allowSubscribe: false,
          callerid: "\"Ann 'A' Bee\" <12>",
        },
        said: [],
      },
    );
    assert.deepEqual(one("incominglimit=0", "busylevel=0", "cid_number=12", "trunkname=x").account, { callerid: "12" });
    const peer = ["host=p.example", "defaultuser=me", "remotesecret=out", "secret=in", "fromuser=f", "fromdomain=d.example"];
    assert.deepEqual(one(...peer, "outboundproxy=proxy.example", "callbackextension=disa", "transport=tcp").account, {
      secret: "in",
      host: "p.example",
      transports: ["tcp"],
      outbound: { username: "me", secret: "out", fromUser: "f", fromDomain: "d.example", proxy: "proxy.example" },
      registration: {
        server: "sip:p.example;transport=tcp",
        username: "me",
        secret: "out",
        extension: "disa",
        origin: "sip.conf:1",
      },
    });
    assert.deepEqual(one("callbackextension=1").said, [
      "SIP-W07 callbackextension of [a] needs the provider's host: write host = …, or remove it",
    ]);
  });

  it("has its sound go through us by directmedia or canreinvite: words of how it is done otherwise are a yes", () => {
    for (const value of ["yes", "nonat", "update,nonat", "outgoing"]) {
      assert.deepEqual(one(`directmedia = ${value}`), { account: {}, said: [] }, value);
      assert.deepEqual(one(`canreinvite = ${value}`), { account: {}, said: [] }, value);
    }
    for (const line of ["directmedia=no", "canreinvite=no"]) assert.deepEqual(one(line).account, { directMedia: false });
    assert.deepEqual(one("directmedia=sometimes").said, ['SIP-W04 directmedia "sometimes" is neither yes nor no: yes is used']);
  });

  it("is used without what is wrong in it (SIP-W04)", () => {
    const lines = [
      "type=peeer",
      "port=0",
      "transport=upd,tcp",
      "insecure=some",
      "busylevel=-1",
      "nat=yess",
      "allowsubscribe=perhaps",
    ];
    assert.deepEqual(one("insecure=very", "nat=force_rport,comedia").account, { insecure: ["port", "invite"] });
    const { account, said } = one(...lines);
    assert.deepEqual(account, { transports: ["tcp"] });
    assert.deepEqual([...said].sort(), [
      'SIP-W04 allowsubscribe "perhaps" is neither yes nor no: yes is used',
      'SIP-W04 busylevel "-1" is no number from 0 to 2147483647: it is ignored',
      'SIP-W04 insecure "some" is not port, invite or no: it is ignored',
      'SIP-W04 nat "yess" is not known (did you mean "yes"?): answers always go back where requests came from',
      'SIP-W04 port "0" is no port from 1 to 65535: it is ignored',
      'SIP-W04 transport "upd" is not udp, tcp, tls, ws or wss: it is ignored',
      'SIP-W04 type "peeer" is not friend, peer or user (did you mean "peer"?): friend is used',
    ]);
  });

  it("takes from [general] what is a default there", () => {
    const reading = read(
      "[general]",
      "transport=tcp",
      "qualify=yes",
      "callerid=Office <1>",
      "secret=no",
      "[a]",
      "[b]",
      "transport=udp",
    );
    assert.deepEqual(
      reading.accounts.map(({ transports, qualifySeconds, callerid, secret }) => [transports, qualifySeconds, callerid, secret]),
      [
        [["tcp"], 60, "Office <1>", undefined],
        [["udp"], 60, "Office <1>", undefined],
      ],
    );
    assert.deepEqual(linesOf(reading), [
      "sip.conf:5:1 SIP-W05 secret is read in accounts only: move it there, or into a template",
    ]);
  });
});

describe("options of sip.conf by name", () => {
  it("are accepted when a realtime table has them as columns (ccss.md §2.2)", () => {
    const columns =
      "id name ipaddr port regseconds defaultuser fullcontact regserver useragent lastms dynamic path supportpath rtsavepath sippasswd cancallforward registertrying rfc2833compensate cc_agent_policy cc_monitor_policy";
    const text = `[a]\nsecret=x\ncallcounter=yes\n${columns.split(" ").join(" = never\n")} = never\n`;
    const said = linesOf(readSip(parseConf(text, "sip.conf").conf));
    assert.deepEqual(
      said.filter((line) => line.includes("SIP-W03")),
      [],
    );
  });

  it("are one note a reason where a file has many without effect, and one finding each where none knows them (SIP-I02, SIP-W03)", () => {
    const phone = (at: number): string => `[p${at}]\nsecret=x\ndisallow=all\nallow=ulaw\nfooo=1\ncontxt=a\n`;
    const text = `${Array.from({ length: 200 }, (_, at) => phone(at)).join("")}language=de\n`;
    assert.deepEqual(linesOf(readSip(parseConf(text, "sip.conf").conf)), [
      "sip.conf:3:1 SIP-I02 disallow (200 lines from 3), allow (200 lines from 4) have no effect here (media): they may stay",
      "sip.conf:5:1 SIP-W03 fooo is not known for an account of sip.conf: it is ignored, remove it; also in lines 11, 17, 23, 29, 35, 41, 47, 53 and 191 more",
      'sip.conf:6:1 SIP-W03 contxt is not known for an account of sip.conf (did you mean "context"?): it is ignored, remove it; also in lines 12, 18, 24, 30, 36, 42, 48, 54 and 191 more',
      "sip.conf:1201:1 SIP-I02 language has no effect here (language): it may stay",
    ]);
  });

  it("are read, known without effect (SIP-I02), or not known at all (SIP-W03)", () => {
    assert.deepEqual(
      linesOf(
        read("[general]", "udpbindaddr=0.0.0.0", "bindprot=5060", "allowguest=yes", "[a]", "disallow=all", "contxt=x", "realm=y"),
      ),
      [
        "sip.conf:2:1 SIP-I02 udpbindaddr has no effect here (given when the server starts): it may stay",
        'sip.conf:3:1 SIP-W03 bindprot is not known for [general] of sip.conf (did you mean "bindport"?): it is ignored, remove it',
        "sip.conf:4:12 SIP-I03 allowguest = yes has no effect: who is not known is always asked for a password, see --trust",
        "sip.conf:6:1 SIP-I02 disallow has no effect here (media): it may stay",
        'sip.conf:7:1 SIP-W03 contxt is not known for an account of sip.conf (did you mean "context"?): it is ignored, remove it',
        "sip.conf:8:1 SIP-W05 realm is read in [general] only: move it there",
      ],
    );
  });

  it("may be the columns of a realtime table", () => {
    const columns = ["id", "name", "regseconds", "ipaddr", "fullcontact", "lastms", "useragent", "regserver"];
    assert.deepEqual(one(...columns.map((column) => `${column} = 1`)), { account: {}, said: [] });
  });

  it("are spoken of once where a template hands them on", () => {
    const users = Array.from({ length: 50 }, (_, index) => `[u${index}](t)`);
    assert.deepEqual(
      read("[t](!)", "dtmfmode = inband", "qualify = x", ...users).diagnostics.map(({ line, code }) => `${line} ${code}`),
      ["2 SIP-I02", "3 SIP-W04"],
    );
  });

  it("have a nearest match in every file, however many were read before", () => {
    const last = (): string => read("[a]", "contxt = x").diagnostics[0]?.message ?? "";
    for (let reading = 0; reading < 150; reading += 1) assert.match(last(), /did you mean "context"/);
  });

  it("are not listed without end", () => {
    const { diagnostics } = read("[a]", ...Array.from({ length: 1500 }, (_, index) => `x${index} = 1`), "[b c]");
    assert.equal(diagnostics.length, 1002);
    assert.deepEqual(
      diagnostics.slice(-2).map(({ line, code }) => `${line} ${code}`),
      ["1502 SIP-E01", "1002 CONF-I30"],
    );
  });
});

describe("call completion of an account (ccss.md §2.2, §2.3)", () => {
  it("is read in full", () => {
    const lines = [
      ...["callcounter = yes", "cc_agent_policy = Generic", "cc_monitor_policy = always", "cc_offer_timer = 1"],
      ...["ccbs_available_timer = 2147483", "ccnr_available_timer = 7200", "cc_recall_timer = 20", "cc_max_agents = 0"],
      ...["cc_max_monitors = 5", "cc_callback_sub = ctx,s,1", "cc_agent_dialstring = SIP/a"],
    ];
    assert.deepEqual(one(...lines), {
      account: {
        cc: {
          agentPolicy: "generic",
          monitorPolicy: "always",
          offerTimer: 1,
          ccbsAvailableTimer: 2147483,
          ccnrAvailableTimer: 7200,
          recallTimer: 20,
          maxAgents: 0,
          maxMonitors: 5,
          callbackSub: "ctx,s,1",
          agentDialstring: "SIP/a",
        },
      },
      said: [],
    });
  });

  it("names device, option and value of what is wrong, and the default holds (CC-W01 to W03)", () => {
    const long = "x".repeat(80);
    const { account, said } = one(
      ...["cc_agent_policy = genric", "cc_monitor_policy = x", "cc_offer_timer = 20s", "ccbs_available_timer = 2147484"],
      ...["ccnr_available_timer = -5", "cc_recall_timer = 0", "cc_max_agents = many", "cc_callback_sub = a,b,c,d"],
      ...[`cc_callback_macro = ${long}`, "cc_agent_dialstring = phone"],
    );
    assert.deepEqual(account, {});
    assert.deepEqual(said, [
      'CC-W01 cc_agent_policy "genric" of [a] is not never, generic or native (did you mean "generic"?): never is used',
      'CC-W01 cc_monitor_policy "x" of [a] is not never, generic, native or always: never is used',
      'CC-W02 cc_offer_timer "20s" of [a] is no whole number from 1 to 2147483: 20 is used',
      'CC-W02 ccbs_available_timer "2147484" of [a] is no whole number from 1 to 2147483: 4800 is used',
      'CC-W02 ccnr_available_timer "-5" of [a] is no whole number from 1 to 2147483: 7200 is used',
      'CC-W02 cc_recall_timer "0" of [a] is no whole number from 1 to 2147483: 20 is used',
      'CC-W02 cc_max_agents "many" of [a] is no whole number from 0 to 2147483: 5 is used',
      'CC-W03 cc_callback_sub "a,b,c,d" of [a] is not understood: it is ignored, write [[context,]exten,]priority',
      `CC-W03 cc_callback_macro "${"x".repeat(60)}…" of [a] has more than 79 characters: it is ignored, write the name of a macro`,
      'CC-W03 cc_agent_dialstring "phone" of [a] is not understood: it is ignored, write Tech/resource, for example SIP/100',
    ]);
  });

  it("says that macros are gone (CC-I01) and that [general] has no such options (CC-W04)", () => {
    assert.deepEqual(one("cc_callback_macro = ring"), {
      account: { cc: { callbackMacro: "ring" } },
      said: ["CC-I01 cc_callback_macro of [a] is deprecated and gone from Asterisk 21: write cc_callback_sub = context,s,1"],
    });
    assert.deepEqual(linesOf(read("[general]", "cc_agent_policy = generic", "[a]")), [
      "sip.conf:2:1 CC-W04 cc_agent_policy in [general] has no effect: write it in each account, or in a template",
    ]);
  });

  it("notes a missing callcounter only where completion is on (D22, SLA-I34)", () => {
    const note = "SLA-I34 callcounter is not set for [a]: calls are always counted here, Asterisk needs callcounter = yes";
    assert.deepEqual(one("cc_agent_policy = generic").said, [note]);
    assert.deepEqual(one("cc_monitor_policy = generic", "callcounter = no").said, [note]);
    for (const lines of [
      [],
      ["cc_agent_policy = never"],
      ["cc_offer_timer = 5"],
      ["cc_agent_policy = generic", "callcounter = yes"],
      ["cc_agent_policy = generic", "call-limit = 5"],
    ])
      assert.deepEqual(one(...lines).said, []);
    assert.deepEqual(linesOf(read("[general]", "callcounter=yes", "limitonpeers=yes", "[a]", "cc_agent_policy = generic")), []);
  });
});

describe("register lines of sip.conf", () => {
  const registrations = (...lines: string[]): unknown[] =>
    read("[general]", ...lines, "[prov]", "type=peer", "host=sip.example.com").accounts.map(
      ({ name, host, port, registration }) => {
        const { origin, ...rest } = registration ?? { origin: "" };
        return { name, host, port, ...rest, line: origin };
      },
    );

  it("are read in every part of their form", () => {
    assert.deepEqual(registrations("register => prov?tls://me@dom.example:pa@ss:auth@reg.example:5061/100~300"), [
      {
        name: "prov",
        host: "sip.example.com",
        port: undefined,
        server: "sip:reg.example:5061;transport=tls",
        username: "me",
        domain: "dom.example",
        secret: "pa@ss",
        authUser: "auth",
        extension: "100",
        expirySeconds: 300,
        line: "sip.conf:2",
      },
    ]);
  });

  it("go to the account at that host, and make one where there is none", () => {
    assert.deepEqual(
      registrations("register => me:x@SIP.example.com", "register => you:x@sip.example.com", "register=>z@[::1]:5070"),
      [
        {
          name: "prov",
          host: "sip.example.com",
          port: undefined,
          server: "sip:SIP.example.com",
          username: "me",
          secret: "x",
          line: "sip.conf:2",
        },
        {
          name: "you-sip.example.com",
          host: "sip.example.com",
          port: undefined,
          server: "sip:sip.example.com",
          username: "you",
          secret: "x",
          line: "sip.conf:3",
        },
        { name: "z-..1", host: "::1", port: 5070, server: "sip:[::1]:5070", username: "z", line: "sip.conf:4" },
      ],
    );
  });

  it("are a thousand at most, and look at the first hundred accounts of a host", () => {
    const lines = (count: number, line: (index: number) => string): string[] =>
      Array.from({ length: count }, (_, index) => line(index));
    const peers = lines(101, (index) => `[p${index}]\nhost=h`);
    const registers = lines(101, (index) => `register => u${index}:x@h`);
    assert.deepEqual(
      read("[general]", ...registers, ...peers)
        .accounts.filter(({ name, registration }) => (registration === undefined) === name.startsWith("p"))
        .map(({ name }) => name),
      ["p100", "u100-h"],
    );
    const { accounts, diagnostics } = read("[general]", ...lines(1001, (index) => `register => u${index}:x@h${index}`));
    assert.equal(accounts.length, 1000);
    assert.deepEqual(linesOf({ diagnostics }), [
      "sip.conf:1002:13 SIP-W07 registration of u1000 is left out: there are more than 1000",
    ]);
  });

  it("are left out when they say too little (SIP-E05) or name no account (SIP-W07), and never show the password", () => {
    const reading = read(
      ...[
        "[general]",
        "register => hunter2",
        "register => :hunter2@h",
        "register => me:hunter2@h~x",
        "register => porv?me:hunter2@h",
      ],
      ...["register => prov?a@h", "register => prov?b@h", "[prov]"],
    );
    const form = "[peer?][transport://]user[@domain][:secret[:authuser]]@host[:port][/extension][~expiry]";
    assert.deepEqual(linesOf(reading), [
      `sip.conf:2:13 SIP-E05 register line has no host of a provider after an "@": it is left out, write ${form}`,
      `sip.conf:3:13 SIP-E05 register line has no user before the "@": it is left out, write ${form}`,
      `sip.conf:4:13 SIP-E05 register line has no host of a provider after an "@": it is left out, write ${form}`,
      "sip.conf:5:13 SIP-W07 registration of me is left out: there is no [porv], name an account of this file",
      "sip.conf:7:13 SIP-W07 registration of b is left out: [prov] has one already",
    ]);
  });
});
