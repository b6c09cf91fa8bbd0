import assert from "node:assert/strict";
import { parseConf } from "#asterisk/conf/parse-conf";
import { sipDefaults } from "#asterisk/accounts/read-sip";
import { readUsers, type UsersReading } from "#asterisk/accounts/read-users";
import { linesOf } from "../conf-of.ts";

function read(lines: readonly string[], sip = ""): UsersReading {
  return readUsers(parseConf(lines.join("\n"), "users.conf").conf, sipDefaults(parseConf(sip, "sip.conf").conf));
}

describe("readUsers", () => {
  it("reads SIP users with what [general] says for all, and the defaults of sip.conf behind it", () => {
    const lines = [
      "[general]",
      "hassip = yes",
      "hasvoicemail = yes",
      "context = users",
      "vmsecret = 1",
      "[6000]",
      "fullname = Ann",
    ];
    const reading = read([...lines, "cid_number = 12", "secret = s", "[6001]", "context = own"], "[general]\ntransport = tcp\n");
    assert.deepEqual(reading.accounts, [
      {
        name: "6000",
        secret: "s",
        context: "users",
        subscribeContext: "users",
        callerid: '"Ann" <12>',
        transports: ["tcp"],
        mailbox: "6000@default",
        origin: "users.conf:6",
      },
      {
        name: "6001",
        context: "own",
        subscribeContext: "own",
        transports: ["tcp"],
        mailbox: "6001@default",
        origin: "users.conf:10",
      },
    ]);
    assert.deepEqual(linesOf(reading), ["users.conf:5:1 SIP-I02 vmsecret has no effect here (voicemail): it may stay"]);
  });

  it("leaves out who is no SIP user, and says what makes him one (SIP-I04)", () => {
    const reading = read(["[general]", "hassip = yes", "[a]", "hassip = no", "[b]", "hasiax = yes"]);
    assert.deepEqual(
      reading.accounts.map(({ name }) => name),
      ["b"],
    );
    assert.deepEqual(linesOf(reading), [
      "users.conf:3:1 SIP-I04 [a] has no hassip = yes: it is no account, add that line",
      "users.conf:6:1 SIP-I02 hasiax has no effect here (other protocols): it may stay",
    ]);
  });

  it("makes a phone of each macaddress, its users in the order of their lines", () => {
    const phone = ["[t](!)", "hassip = yes", "macaddress = 00:00:FF:FF:00:05"];
    const reading = read([
      ...phone,
      "[b](t)",
      "linenumber = 2",
      "[a](t)",
      "label = Desk",
      "[c](t)",
      "autoprov = no",
      "[d]",
      "hassip=yes",
      "macaddress = x",
    ]);
    assert.deepEqual(reading.phones, [
      { mac: "0000ffff0005", vendor: "polycom", model: "generic", label: "Desk", accounts: ["a", "b"], origin: "users.conf:6" },
    ]);
    assert.deepEqual(linesOf(reading), [
      'users.conf:12:14 SIP-W04 macaddress "x" of [d] is no MAC address: write 12 hexadecimal digits',
    ]);
  });

  it("makes numbers of hasexten and alternateexts", () => {
    const reading = read([
      "[6000]",
      "hassip=yes",
      "hasexten=yes",
      "fullname=Ann",
      "alternateexts = 7000, 6000, a b",
      "[6001]",
      "hassip=yes",
    ]);
    assert.deepEqual(
      reading.extensions,
      ["6000", "7000"].map((number) => ({
        number,
        context: "default",
        devices: ["SIP/6000"],
        origin: "users.conf:1",
        label: "Ann",
      })),
    );
    assert.deepEqual(linesOf(reading), ['users.conf:5:17 SIP-W04 alternateexts: "a b" is no extension: it is ignored']);
  });

  it("registers with a provider (registersip), who must have a host (SIP-W07)", () => {
    const { accounts, diagnostics } = read([
      "[t1]",
      "host=p.example",
      "username=me",
      "secret=s",
      "registersip=yes",
      "[t2]",
      "registersip=yes",
    ]);
    assert.deepEqual(
      accounts.map(({ registration }) => registration),
      [{ server: "sip:p.example", username: "me", secret: "s", origin: "users.conf:1" }, undefined],
    );
    assert.deepEqual(linesOf({ diagnostics }), [
      "users.conf:7:13 SIP-W07 registersip of [t2] needs the provider's host: write host = …",
    ]);
  });
});
