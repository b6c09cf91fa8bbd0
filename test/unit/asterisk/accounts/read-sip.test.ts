import assert from "node:assert/strict";
import { parseConf } from "#asterisk/conf/parse-conf";
import { readSip, type SipReading } from "#asterisk/accounts/read-sip";
import { linesOf } from "../conf-of.ts";

function read(...lines: string[]): SipReading {
  return readSip(parseConf(lines.join("\n"), "sip.conf").conf);
}

describe("readSip", () => {
  it("reads accounts with their secrets, through templates and the defaults of [general]", () => {
    const reading = read(
      "[general]",
      "context = incoming",
      "realm = office",
      "[desk](!)",
      "context = LocalSets",
      "secret = shared",
      "[authentication]",
      "[0000FFFF0005](desk)",
      'callerid = "Top <1>" <100>',
      "[gate]",
      "secret =",
      "md5secret = 0123456789ABCDEF0123456789ABCDEF",
    );
    assert.deepEqual(linesOf(reading), []);
    assert.deepEqual(reading, {
      realm: "office",
      accounts: [
        {
          name: "0000FFFF0005",
          secret: "shared",
          context: "LocalSets",
          subscribeContext: "LocalSets",
          callerid: '"Top <1>" <100>',
          origin: "sip.conf:8",
        },
        {
          name: "gate",
          md5secret: "0123456789abcdef0123456789abcdef",
          context: "incoming",
          subscribeContext: "incoming",
          origin: "sip.conf:10",
        },
      ],
      diagnostics: [],
    });
  });

  it("lets subscribecontext say whose lamps may be watched, own before general before context", () => {
    const { accounts } = read("[general]", "subscribecontext=lamps", "[a]", "[b]", "subscribecontext=own");
    assert.deepEqual(
      accounts.map(({ context, subscribeContext }) => [context, subscribeContext]),
      [
        ["default", "lamps"],
        ["default", "own"],
      ],
    );
  });

  it("never takes what we would say to a peer for what a phone must say", () => {
    assert.equal(read("[a]", "remotesecret = ours").accounts[0]?.secret, undefined);
  });

  it("takes [general] in any case and several pieces, but not a template of that name", () => {
    assert.equal(read("[general](!)", "realm=no", "[General]", "realm=a", "[GENERAL]", "realm=b").realm, "b");
  });

  it("reads a repeated section as one account, the later lines win, and says so", () => {
    const reading = read("[a]", "secret=1", "context=x", "[b]", "[a]", "secret=2");
    assert.deepEqual(
      reading.accounts.map(({ name, secret, context }) => [name, secret, context]),
      [
        ["a", "2", "x"],
        ["b", undefined, "default"],
      ],
    );
    assert.deepEqual(linesOf(reading), [
      "sip.conf:5:1 SIP-W02 [a] is defined twice: read as one account, the later lines win; write it once",
    ]);
  });

  it("leaves out an account that no phone could use, and keeps the others", () => {
    const reading = read('[a"b]', "[c d]", "[e<f]", "[user@host]", "[x&y]", "[ok]", "md5secret=abc", "[fine]");
    assert.deepEqual(
      reading.accounts.map(({ name }) => name),
      ["x&y", "fine"],
    );
    const advice = 'may not hold blanks or any of @ : ; " < > /: rename it';
    assert.deepEqual(linesOf(reading), [
      `sip.conf:1:1 SIP-E01 account name "a"b" ${advice}`,
      `sip.conf:2:1 SIP-E01 account name "c d" ${advice}`,
      `sip.conf:3:1 SIP-E01 account name "e<f" ${advice}`,
      `sip.conf:4:1 SIP-E01 account name "user@host" ${advice}`,
      "sip.conf:6:1 SIP-E02 md5secret of [ok] is not 32 hexadecimal digits: write the MD5 of name:realm:secret",
    ]);
  });
});
