import assert from "node:assert/strict";
import { decodeUser, formatHostPort, parseHostPort, parseUri, sameUri, UNSUPPORTED_SCHEME, type SipUri } from "#sip/message/uri";

function uri(text: string): SipUri {
  const parsed = parseUri(text);
  return parsed.ok ? parsed.value : assert.fail(`${text}: ${parsed.error}`);
}

function refusal(text: string): string {
  const parsed = parseUri(text);
  return parsed.ok ? assert.fail(`${text} was taken`) : parsed.error;
}

describe("parseUri", () => {
  it("reads every part", () => {
    assert.deepEqual(uri("SIPS:alice;day=tuesday:secret@Atlanta.example:5071;Transport=TCP;lr?Subject=a%20b&to=x"), {
      scheme: "sips",
      user: "alice;day=tuesday",
      host: "Atlanta.example",
      port: 5071,
      parameters: new Map([
        ["transport", "TCP"],
        ["lr", ""],
      ]),
      headers: "Subject=a%20b&to=x",
    });
  });

  it("reads a host alone", () => {
    assert.deepEqual(uri("sip:atlanta.example"), {
      scheme: "sip",
      user: undefined,
      host: "atlanta.example",
      port: undefined,
      parameters: new Map(),
      headers: "",
    });
  });

  it("reads IPv6 in brackets only, with and without port", () => {
    assert.equal(uri("sip:a@[2001:db8::1]").host, "2001:db8::1");
    assert.deepEqual([uri("sip:[::1]:5062;lr").host, uri("sip:[::ffff:192.0.2.1]:5062").port], ["::1", 5062]);
    for (const host of ["2001:db8::1", "[2001:db8::1", "2001:db8::1]", "[]", "[::1]5060", "[::g]"])
      assert.match(refusal(`sip:a@${host}`), /host/, host);
  });

  it("keeps what a user may hold unescaped: semicolon, question mark, slash, comma, ampersand", () => {
    assert.equal(uri("sip:a;b?c/d,e&f=g+$!~*'()@h;p=1").user, "a;b?c/d,e&f=g+$!~*'()");
    assert.deepEqual([...uri("sip:a;b?c@h;p=1?q=2").parameters], [["p", "1"]]);
  });

  it("takes the first of a repeated parameter, keeps values as written and those with an equals sign", () => {
    const { parameters } = uri("sip:a@h;x=1;X=2;y=%41=b;z=");
    assert.deepEqual(Object.fromEntries(parameters), { x: "1", y: "%41=b", z: "" });
  });

  it("tells an unknown scheme from a bad URI", () => {
    for (const text of [
      "tel:+1555",
      "http://h/",
      "nobodyKnowsThisScheme:totallyopaquecontent",
      "",
      ":",
      "sip",
      "1001",
      "sip;a:b",
    ])
      assert.equal(refusal(text), UNSUPPORTED_SCHEME, text);
  });

  it("refuses an empty user or host and a port that is none", () => {
    assert.match(refusal("sip:@h"), /user/);
    assert.match(refusal("sip::pw@h"), /user/);
    for (const rest of [
      "",
      "a@",
      "a@;lr",
      "a@:5060",
      "h:",
      "h:x",
      "h:-1",
      "h:65536",
      "h:123456",
      "a@b@c",
      "a b",
      `a@${"h".repeat(256)}`,
    ])
      assert.match(refusal(`sip:${rest}`), /host|Bad character/, rest);
    assert.equal(uri("sip:h:65535").port, 65_535);
    assert.equal(uri(`sip:a@${"h".repeat(255)}`).host.length, 255);
  });

  it("refuses blanks, controls, quotes, brackets and bytes above ASCII", () => {
    for (const character of [" ", "\t", "\r", "\n", "\0", '"', "<", ">", "\x7f", "\x80", "\xff"])
      assert.match(refusal(`sip:a${character}b@h`), /character/, JSON.stringify(character));
  });

  it("takes 1024 bytes and 64 parameters, not one more", () => {
    const longest = `sip:${"a".repeat(1018)}@h`;
    assert.equal(longest.length, 1024);
    assert.equal(uri(longest).host, "h");
    assert.match(refusal(`${longest}h`), /long/);
    const parameters = (count: number): string => Array.from({ length: count }, (_, at) => `;p${at}`).join("");
    assert.equal(uri(`sip:h${parameters(64)}`).parameters.size, 64);
    assert.match(refusal(`sip:h${parameters(65)}`), /parameters/);
  });
});

describe("sameUri", () => {
  const same = (left: string, right: string): boolean => {
    const there = sameUri(uri(left), uri(right));
    assert.equal(sameUri(uri(right), uri(left)), there, "the other way round");
    return there;
  };

  it("agrees with the examples of RFC 3261 §19.1.4 that are equal", () => {
    assert.ok(same("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"));
    assert.ok(same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
    assert.ok(same("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"));
    assert.ok(
      same(
        "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
        "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
      ),
    );
    assert.ok(
      same(
        "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
        "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
      ),
    );
  });

  it("agrees with the examples that are not equal", () => {
    assert.ok(!same("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"), "the user has a case");
    assert.ok(!same("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
    assert.ok(!same("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"));
    assert.ok(!same("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"));
    assert.ok(!same("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"));
  });

  it("is not transitive, as the RFC says", () => {
    assert.ok(same("sip:carol@chicago.com;security=on", "sip:carol@chicago.com"));
    assert.ok(!same("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"));
  });

  it("takes a default port for none (S-28)", () => {
    assert.ok(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
    assert.ok(same("sips:bob@biloxi.com", "sips:bob@biloxi.com:5061"));
    assert.ok(same("sip:bob@biloxi.com;transport=tls", "sip:bob@biloxi.com:5061;transport=TLS"));
    assert.ok(!same("sip:bob@biloxi.com:5060", "sip:bob@biloxi.com:5061"));
  });

  it("tells sip from sips, no user from a user, and every significant parameter", () => {
    assert.ok(!same("sip:a@h", "sips:a@h"));
    assert.ok(!same("sip:h", "sip:a@h"));
    for (const parameter of ["user=phone", "ttl=1", "method=INVITE", "maddr=192.0.2.1", "transport=tcp"])
      assert.ok(!same("sip:a@h", `sip:a@h;${parameter}`), parameter);
  });
});

describe("decodeUser", () => {
  it("decodes escapes once and leaves broken ones", () => {
    assert.equal(decodeUser("%2561%6a%6A"), "%61jj");
    assert.equal(decodeUser("100%"), "100%");
    assert.equal(decodeUser("%zz%4"), "%zz%4");
    assert.equal(decodeUser("%00%c3%bc"), "\0\xc3\xbc");
    assert.equal(decodeUser("plain"), "plain");
  });
});

describe("host and port", () => {
  it("are read and written", () => {
    assert.deepEqual(parseHostPort("h"), { host: "h", port: undefined });
    assert.deepEqual(parseHostPort("[::1]:1"), { host: "::1", port: 1 });
    assert.equal(parseHostPort("h:"), undefined);
    assert.equal(formatHostPort("::1", 5060), "[::1]:5060");
    assert.equal(formatHostPort("192.0.2.1", 5060), "192.0.2.1:5060");
  });
});
