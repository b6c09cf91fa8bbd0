import assert from "node:assert/strict";
import { parseConf } from "#asterisk/conf/parse-conf";
import { readSla, type SlaReading } from "#asterisk/sla/read-sla";
import { quickly } from "#test/unit/domain/site/cpu-time";
import { linesOf } from "../conf-of.ts";

function read(text: string): SlaReading {
  return readSla(parseConf(text.replace(/^ +/gm, "").trimStart(), "sla.conf").conf);
}

const T1 = "[T1]\ntype=trunk\ndevice=Local/1@out\n";
const station = (...lines: string[]): string => `[A]\ntype=station\ndevice=SIP/a\n${lines.join("\n")}\n`;

describe("readSla", () => {
  it("reads every option of trunks and stations, and the defaults", () => {
    const reading = read(`
      [general]
      attemptcallerid = yes
      [T1]
      type = Trunk
      device = Local/1@out/n
      autocontext = in
      ringtimeout = 20
      barge = no
      hold = Private
      [T2]
      type=trunk
      device=SIP/gate
      [A]
      type=station
      device=SIP/a
      trunk=T1,ringtimeout=30,ringdelay=5
      trunk=t2
      autocontext=stations
      ringdelay=1
      ringtimeout=2
      hold=private`);
    assert.deepEqual(linesOf(reading), []);
    assert.deepEqual(reading.trunks, [
      {
        name: "T1",
        device: "Local/1@out/n",
        autocontext: "in",
        ringtimeout: 20,
        barge: false,
        hold: "private",
        origin: "sla.conf:3",
      },
      { name: "T2", device: "SIP/gate", ringtimeout: 0, barge: true, hold: "open", origin: "sla.conf:10" },
    ]);
    assert.deepEqual(reading.stations, [
      {
        name: "A",
        device: "SIP/a",
        keys: [
          { trunk: "T1", ringdelay: 5, ringtimeout: 30 },
          { trunk: "T2", ringdelay: 0, ringtimeout: 0 },
        ],
        autocontext: "stations",
        ringdelay: 1,
        ringtimeout: 2,
        hold: "private",
        origin: "sla.conf:13",
      },
    ]);
  });

  it("takes the last value of a scalar, and template keys before own keys (R2)", () => {
    const { stations } = read(`${T1}
      [T2](T1)
      [base](!)
      type=station
      device=SIP/base
      trunk=T2
      [A](base)
      device=SIP/a
      trunk=T1`);
    assert.deepEqual(
      stations.map(({ device, keys }) => [device, keys.map(({ trunk }) => trunk)]),
      [["SIP/a", ["T2", "T1"]]],
    );
  });

  it("accepts trunks below their stations and says that Asterisk does not (R1, SLA-W14)", () => {
    const reading = read(station("trunk=T1") + T1);
    assert.deepEqual(reading.stations[0]?.keys.length, 1);
    assert.deepEqual(linesOf(reading), [
      "sla.conf:4:7 SLA-W14 trunk T1 is defined below this station: accepted, but Asterisk wants it above",
    ]);
  });

  it("reads sections of one name and type as one object, in one pass over any number of them", () => {
    const reading = read(`${T1}[t1]\ntype=trunk\nbarge=no\n${station("trunk=T1")}[T1]\ntype=station\ndevice=SIP/t\ntrunk=T1\n`);
    assert.deepEqual(linesOf(reading), []);
    assert.deepEqual([reading.trunks.length, reading.trunks[0]?.barge, reading.stations.length], [1, false, 2]);
    const many = T1 + station("trunk=T1").repeat(20_000);
    assert.equal(quickly(() => read(many)).stations.length, 1);
  });

  it("drops a bad object, names it, and keeps the others (R9)", () => {
    const cases: [string, string][] = [
      ["[X]\ndevice=SIP/x\n", "8:1 SLA-E01 section [X] has no type: did you mean type = trunk?"],
      ["[X]\ndevice=SIP/x\ntrunk=T1\n", "8:1 SLA-E01 section [X] has no type: did you mean type = station?"],
      ["[X]\ntype=trunc\n", '9:6 SLA-E02 type "trunc" of [X] is not known (did you mean "trunk"?): write trunk or station'],
      ["[X]\ntype=trunk\n", "8:1 SLA-E03 [X] has no device: write device = Tech/resource, for example SIP/X"],
      ["[X]\ntype=trunk\ndevice=SIP\n", '10:8 SLA-E04 device "SIP" has no "/": write Tech/resource, for example SIP/100'],
      [
        "[X]\ntype=trunk\ndevice= /x\n",
        '10:9 SLA-E04 device "/x" has no technology before the "/": write Tech/resource, for example SIP/100',
      ],
      [
        "[X]\ntype=trunk\ndevice=SIP/ ;\n",
        '10:8 SLA-E04 device "SIP/" has no resource after the "/": write Tech/resource, for example SIP/100',
      ],
      [
        "[X]\ntype=trunk\ndevice=SIP/x\ntrunk=T1\n",
        "9:6 SLA-E07 [X] has trunk lines but type = trunk: it looks like a station, write type = station",
      ],
    ];
    for (const [text, said] of cases) {
      const reading = read(T1 + station("trunk=T1") + text);
      assert.deepEqual(linesOf(reading), [`sla.conf:${said}`]);
      assert.deepEqual([reading.trunks.length, reading.stations.length], [1, 1]);
    }
  });

  it("drops a bad key or modifier only (R3)", () => {
    const reading = read(
      T1 +
        station("trunk = T1 , ringtimeout = 20 ,ringdelay=5", "trunk=T2", "trunk=t1,x=1", "trunk=T1,ringtimeout", "trunk=T1,T2"),
    );
    assert.deepEqual(reading.stations[0]?.keys, [{ trunk: "T1", ringdelay: 0, ringtimeout: 0 }]);
    assert.deepEqual(linesOf(reading), [
      "sla.conf:7:9 SLA-I35 blanks inside are accepted, but Asterisk ignores what they stand by: write trunk = T1,ringtimeout=20,ringdelay=5",
      'sla.conf:8:7 SLA-E05 trunk "T2" is not defined (did you mean "T1"?): define [T2] with type = trunk, or remove this line',
      'sla.conf:9:7 SLA-E08 "x=1" is not a modifier: write ringtimeout=N or ringdelay=N, and one trunk per line',
      "sla.conf:9:7 SLA-W26 trunk T1 is listed twice: the later line is used, remove one",
      'sla.conf:10:7 SLA-E08 "ringtimeout" is not a modifier: write ringtimeout=N or ringdelay=N, and one trunk per line',
      "sla.conf:10:7 SLA-W26 trunk T1 is listed twice: the later line is used, remove one",
      'sla.conf:11:7 SLA-E08 "T2" is not a modifier: write ringtimeout=N or ringdelay=N, and one trunk per line',
      "sla.conf:11:7 SLA-W26 trunk T1 is listed twice: the later line is used, remove one",
    ]);
  });

  it("accepts with a correction, and says which", () => {
    const cases: [string, string][] = [
      [station("trunk=T1").replace("SIP/a", "SIP/ a"), '6:8 SLA-W10 blank in device "SIP/␣a": "SIP/a" is used, write it so'],
      [station("trunk=T1", "barge=no"), "8:1 SLA-W11 barge is ignored for a station: move it to a trunk"],
      [
        station("trunk=T1", "ringdelai=1"),
        '8:1 SLA-W11 ringdelai is ignored for a station: it is not known (did you mean "ringdelay"?), remove it',
      ],
      [station("trunk=T1", "hold=both"), '8:6 SLA-W13 hold "both" is neither open nor private: open is used'],
      [
        station("trunk=T1,ringtimeout=5,ringdelay=5"),
        "7:7 SLA-W18 ringtimeout 5 is not above ringdelay 5: this phone would never ring, raise it",
      ],
      [
        station("trunk=T1,ringtimeout=5", "ringdelay=9"),
        "7:7 SLA-W18 ringtimeout 5 is not above ringdelay 9: this phone would never ring, raise it",
      ],
      [
        station("trunk=T1").replace("[A]", "[a_b]"),
        '4:1 SLA-W25 [a_b] holds "_": accepted, but Asterisk takes what follows it for the trunk; write "-" instead',
      ],
      [
        station("trunk=T1").replace("[A]", '[<"A"&>]'),
        '4:1 SLA-W27 [<"A"&>] holds characters that a key may not be able to dial: use letters, digits, - and .',
      ],
      [station(), "4:1 SLA-I30 station A has no keys: add trunk = … lines"],
    ];
    for (const [text, said] of cases) {
      const reading = read(T1 + text);
      assert.deepEqual(
        linesOf(reading).filter((line) => !line.includes("no station has a key")),
        [`sla.conf:${said}`],
      );
      assert.deepEqual([reading.trunks.length, reading.stations.length], [1, 1]);
    }
    assert.deepEqual(linesOf(read("[T]\ntype=trunk\ndevice=DAHDI/1\nringdelay=5\n")), [
      "sla.conf:4:1 SLA-W11 ringdelay is ignored for a trunk: move it to a station",
      "sla.conf:1:1 SLA-I30 no station has a key for trunk T: add trunk = T",
    ]);
    assert.deepEqual(linesOf(read("[general]\nattemptcallerid=perhaps")), [
      'sla.conf:2:17 SLA-W13 attemptcallerid "perhaps" is neither yes nor no: no is used',
    ]);
  });

  it("names options of [general] that are none (SLA-W11)", () => {
    assert.deepEqual(linesOf(read("[general]\nattemptcallerd=yes\nbarge=no\nattemptcallerid=yes")), [
      'sla.conf:2:1 SLA-W11 attemptcallerd is ignored in [general]: it is not known (did you mean "attemptcallerid"?), remove it',
      "sla.conf:3:1 SLA-W11 barge is ignored in [general]: move it to a trunk or a station",
    ]);
  });

  it("names technologies that are not spoken here (sla.md §2.6, SLA-W29)", () => {
    const text = "[T]\ntype=trunk\ndevice=IAX2/gate\n[A]\ntype=station\ndevice=SCCP/a\ntrunk=T\n";
    const message = "is not supported, write SIP/ or PJSIP/ with an account";
    assert.deepEqual(linesOf(read(text)), [
      `sla.conf:3:8 SLA-W29 device IAX2/gate is never called: IAX2 ${message}`,
      `sla.conf:6:8 SLA-W29 device SCCP/a is never called: SCCP ${message}`,
    ]);
  });

  it("says once what a template says to all that inherit it", () => {
    const text = `[T]\ntype=trunk\ndevice=SIP/t\n[s](!)\ntype=station\nbarge=no\ntrunk=T,x=1\nringdelay=5s\n[A](s)\ndevice=SIP/a\n[B](s)\ndevice=SIP/b\n`;
    const codes = read(text).diagnostics.map(({ line, code }) => `${line} ${code}`);
    assert.equal(new Set(codes).size, codes.length, codes.join("\n"));
    assert.equal(codes.length, 3, codes.join("\n"));
  });

  it("sends those whose trunk has a mistake to that mistake (SLA-E05)", () => {
    const text = "[T]\ntype=trunck\ndevice=SIP/t\n[A]\ntype=station\ndevice=SIP/a\ntrunk=T\ntrunk=\n";
    assert.deepEqual(linesOf(read(text)).slice(1, 3), [
      'sla.conf:7:7 SLA-E05 trunk "T" is not usable: mend [T] at sla.conf:1, and this key is there',
      "sla.conf:8:7 SLA-E05 trunk names no trunk: write trunk = NAME, or remove this line",
    ]);
  });

  it("gives a key that two pairs spell the same to the first (SLA-E06)", () => {
    const reading = read(
      `[c]\ntype=trunk\ndevice=A/1\n[b_c](c)\n[a]\ntype=station\ndevice=SIP/a\ntrunk=b_c\n[a_b]\ntype=station\ndevice=SIP/b\ntrunk=c\n`,
    );
    assert.deepEqual(
      reading.stations.map(({ keys }) => keys.length),
      [1, 0],
    );
    assert.ok(
      linesOf(reading).includes(
        `sla.conf:9:1 SLA-E06 key a_b_c is also the name of another station's key, which has it: write "-" for "_"`,
      ),
    );
  });

  it("stays quick when everything is wrong", () => {
    const trunks = Array.from({ length: 5_000 }, (_, at) => `[trunk${at}](T1)`).join("\n");
    const wrong = Array.from({ length: 20_000 }, (_, at) => `trunk=trank${at}`);
    const text = `${T1}${trunks}\n${station(...wrong)}`;
    assert.equal(quickly(() => read(text)).stations[0]?.keys.length, 0);
  });
});
