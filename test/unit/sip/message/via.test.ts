import assert from "node:assert/strict";
import type { Via } from "#sip/message/message";
import { parseVia } from "#sip/message/via";
import { quickly } from "#test/unit/domain/site/cpu-time";

const via = (text: string): Via => parseVia(text) ?? assert.fail(text);

describe("parseVia", () => {
  it("reads transport, address, branch and rport", () => {
    const text = "SIP/2.0/udp [2001:db8::9:1]:5062;rport=;branch=z9hG4bKas3;received=192.0.2.1";
    assert.deepEqual(via(text), { transport: "UDP", host: "2001:db8::9:1", port: 5062, branch: "z9hG4bKas3", rport: true, text });
    assert.equal(via("SIP/2.0/WSS df7jal23ls0d.invalid;branch=1").transport, "WSS");
  });

  it("takes blanks around slashes, colon, semicolons and equals signs (RFC 4475 §3.1.1.1)", () => {
    const { transport, host, port, branch } = via(
      "SIP  / 2.0\t/ TCP     spindle.example.com : 5070  ;  branch  =   z9hG4bK9ikj8 ",
    );
    assert.deepEqual([transport, host, port, branch], ["TCP", "spindle.example.com", 5070, "z9hG4bK9ikj8"]);
    assert.deepEqual([via("SIP/2.0/UDP [::1] : 5070").host, via("SIP/2.0/UDP [::1]\t:5070").port], ["::1", 5070]);
    assert.equal(via("SIP/2.0/UDP h ;branch=1").host, "h");
  });

  it("takes a transport of another name, a missing and an empty branch", () => {
    assert.equal(via("SIP/2.0/UNKNOWN t5.example.com;branch=z9hG4bKkdjuw").transport, "UNKNOWN");
    assert.equal(via("SIP/2.0/UDP h").branch, undefined);
    assert.equal(via("SIP/2.0/UDP h;branch").branch, "");
    assert.equal(via("SIP/2.0/UDP h;xbranch=1;Branch=2").branch, "2");
  });

  it("cannot use one without protocol, version, transport or host", () => {
    const bad = [
      "",
      "SIP/2.0",
      "SIP/2.0/",
      "SIP/2.0/UDP",
      "SIP/2.0/UDP ",
      "SIP/2.0/ h",
      "SIP/3.0/UDP h",
      "HTTP/2.0/UDP h",
      "SIP/2.0/U/P h",
    ];
    for (const text of [
      ...bad,
      "SIP/2.0/UDP h:",
      "SIP/2.0/UDP h:65536",
      "SIP/2.0/UDP ::1",
      "SIP/2.0/UDP a b",
      "SIP/2.0/UDP [::9 :1]",
      "SIP/2.0/UDP;h",
    ])
      assert.equal(parseVia(text), undefined, text);
  });

  it("is not slowed down by runs of blanks", () => {
    const blanks = " ".repeat(60_000);
    const texts = [`SIP${blanks}2`, `SIP/2.0/UDP a${blanks}b`, `SIP/2.0/UDP a${blanks}:${blanks}b`, `SIP/2.0/UDP${blanks}`];
    for (const text of texts)
      assert.equal(
        quickly(() => parseVia(text), 50),
        undefined,
      );
  });
});
