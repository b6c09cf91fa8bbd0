import assert from "node:assert/strict";
import { parseConf } from "#asterisk/conf/parse-conf";
import { readPjsip, type PjsipReading } from "#asterisk/accounts/read-pjsip";
import { linesOf } from "../conf-of.ts";

function read(pjsip: readonly string[], wizard: readonly string[] = []): PjsipReading {
  return readPjsip(parseConf(pjsip.join("\n"), "pjsip.conf").conf, parseConf(wizard.join("\n"), "pjsip_wizard.conf").conf);
}

const PHONE = [
  ...["[t-udp]", "type=transport", "protocol=udp", "[phone]", "type=endpoint", "transport=t-udp", "context=desks"],
  ...["subscribe_context=lamps", "auth=phone-auth", "aors=phone", "callerid=Ann <12>", "device_state_busy_at=2"],
  ...["allow_subscribe=no", "direct_media=no", "deny=0.0.0.0/0", "permit=10.0.0.0/8"],
  ...["[phone-auth]", "type=auth", "auth_type=userpass", "username=ann", "password=s", "realm=office"],
  ...["[phone]", "type=aor", "max_contacts=1", "mailboxes=12@vm", "qualify_frequency=30"],
];

describe("an endpoint of pjsip.conf", () => {
  it("is an account with what its auth, aor and transport say; its digest user is that of the auth section", () => {
    const reading = read(PHONE);
    assert.deepEqual(linesOf(reading), []);
    assert.equal(reading.realm, "office");
    assert.deepEqual(reading.accounts, [
      {
        name: "phone",
        secret: "s",
        authUser: "ann",
        context: "desks",
        subscribeContext: "lamps",
        callerid: "Ann <12>",
        transports: ["udp"],
        mailbox: "12@vm",
        acl: [
          { action: "deny", network: "0.0.0.0/0" },
          { action: "permit", network: "10.0.0.0/8" },
        ],
        busyLevel: 2,
        qualifySeconds: 30,
        allowSubscribe: false,
        directMedia: false,
        origin: "pjsip.conf:4",
      },
    ]);
  });

  it("takes a hash where there is no password, and one alone where the type says so", () => {
    const hash = "0123456789ABCDEF0123456789abcdef";
    const secrets = (...auth: string[]): unknown =>
      read(["[a]", "type=endpoint", "auth=a", "[a]", "type=auth", "username=a", ...auth]).accounts.map(
        ({ secret, md5secret }) => [secret, md5secret],
      );
    assert.deepEqual(secrets(`md5_cred=${hash}`), [[undefined, hash.toLowerCase()]]);
    assert.deepEqual(secrets("auth_type=md5", `md5_cred=${hash}`, "password=s"), [[undefined, hash.toLowerCase()]]);
    assert.deepEqual(secrets(`password_digest=MD5:${hash}`), [[undefined, hash.toLowerCase()]]);
    assert.deepEqual(secrets("password=s", `md5_cred=${hash}`), [["s", undefined]]);
    assert.deepEqual(secrets("md5_cred=zz"), []);
  });

  it("is a peer at its static contact, or at the address that identifies it", () => {
    const trunk = (...lines: string[]): unknown => {
      const [{ name, context, subscribeContext, origin, ...rest } = { name: "", context: "", subscribeContext: "", origin: "" }] =
        read([
          ...["[p]", "type=endpoint", "aors=p", "outbound_auth=out", "from_user=f", "from_domain=d", "outbound_proxy=sip:x"],
          ...["[out]", "type=auth", "username=me", "password=s", ...lines],
        ]).accounts;
      assert.deepEqual([name, context, subscribeContext, origin], ["p", "default", "default", "pjsip.conf:1"]);
      return rest;
    };
    const outbound = { username: "me", secret: "s", fromUser: "f", fromDomain: "d", proxy: "sip:x" };
    const insecure = ["port", "invite"];
    assert.deepEqual(trunk("[p]", "type=aor", "contact=sip:gw@192.0.2.7:5070\\;transport=tcp"), {
      host: "192.0.2.7",
      port: 5070,
      transports: ["tcp"],
      insecure,
      outbound,
    });
    assert.deepEqual(
      trunk(
        "[p]",
        "type=aor",
        "[i]",
        "type=identify",
        "endpoint=p",
        "match=192.0.2.1,10.0.0.0/255.0.0.0",
        "match=sip.example.com",
      ),
      { host: "192.0.2.1", sources: ["10.0.0.0/8", "sip.example.com"], insecure, outbound },
    );
    assert.deepEqual(trunk("[p]", "type=aor", "max_contacts=1", "[i]", "type=identify", "endpoint=p", "match=192.0.2.1"), {
      sources: ["192.0.2.1/32"],
      insecure,
      outbound,
    });
  });

  it("comes from the addresses of its own list, else from those of the acl sections (SIP-W10)", () => {
    const acl = [
      "[all]",
      "type=acl",
      "deny=0.0.0.0/0",
      "permit=10.0.0.0/8",
      "[a]",
      "type=endpoint",
      "[b]",
      "type=endpoint",
      "deny=10.0.0.1",
    ];
    const reading = read(acl);
    assert.deepEqual(
      reading.accounts.map((account) => account.acl?.map(({ action, network }) => `${action} ${network}`)),
      [["deny 0.0.0.0/0", "permit 10.0.0.0/8"], ["deny 10.0.0.1/32"]],
    );
    assert.deepEqual(linesOf(reading), [
      "pjsip.conf:9:6 SIP-W10 [b] and a section with type = acl both have lists: the endpoint's own decides",
    ]);
    assert.deepEqual(read(["[all]", "type=acl", "deny=x", "[a]", "type=endpoint"]).accounts, []);
  });

  it("names sections that are not there (SIP-W09), other aors (SIP-W11), and what has no type (SIP-E07)", () => {
    assert.deepEqual(
      linesOf(
        read([
          ...["[a]", "type=endpoint", "auth=a-auht", "aors=b", "transport=t", "[a-auth]", "type=auth", "[b]", "type=aor"],
          ...[
            "[i]",
            "type=identify",
            "endpoint=aa",
            "match=a b",
            "[x]",
            "allow=ulaw",
            "[y]",
            "type=endpiont",
            "[z]",
            "type=system",
          ],
          ...["[w]", "type=wizard", "[a]", "type=endpoint"],
        ]),
      ),
      [
        'pjsip.conf:3:6 SIP-W09 auth of [a] names "a-auht", but no section with type = auth is so called (did you mean "a-auth"?)',
        "pjsip.conf:4:6 SIP-W11 phones of [a] must register as a here, not as b: give the aor the name of its endpoint",
        'pjsip.conf:5:11 SIP-W09 transport of [a] names "t", but no section with type = transport is so called',
        'pjsip.conf:12:10 SIP-W09 identify section [i] names no endpoint that is there (did you mean "a"?): write endpoint = …',
        "pjsip.conf:14:1 SIP-E07 [x] has no type: it is left out, write type = endpoint, auth, aor, identify, registration, transport, acl or global",
        'pjsip.conf:17:6 SIP-E07 type "endpiont" of [y] is not known (did you mean "endpoint"?): it is left out',
        "pjsip.conf:19:6 SIP-I02 [z] of type system has no effect here (nothing to set): it may stay",
        "pjsip.conf:21:6 SIP-E07 [w] is a wizard section: it is left out, write it into pjsip_wizard.conf",
        "pjsip.conf:22:1 SIP-W02 [a] with type = endpoint is defined twice: read as one, the later lines win; write it once",
      ],
    );
  });

  it("has options that are read, without effect or not known, once for a template", () => {
    const lines = ["[t](!)", "type=endpoint", "disallow=all", "contxt=x", "[a](t)", "[b](t)", "[a]", "type=aor", "max_contact=1"];
    assert.deepEqual(linesOf(read(lines)), [
      "pjsip.conf:3:1 SIP-I02 disallow has no effect here (media): it may stay",
      'pjsip.conf:4:1 SIP-W03 contxt is not known for an endpoint (did you mean "context"?): it is ignored, remove it',
      'pjsip.conf:9:1 SIP-W03 max_contact is not known for an aor (did you mean "max_contacts"?): it is ignored, remove it',
    ]);
  });
});

describe("a registration of pjsip.conf", () => {
  const REGISTRATION = ["type=registration", "server_uri=sip:sip.example.com:5070", "client_uri=sip:me@dom.example"];

  it("is kept up by its endpoint, or by an account made for it", () => {
    const auth = ["[out]", "type=auth", "username=digest", "password=s", "[t]", "type=transport", "protocol=tls"];
    const lines = [
      "[p]",
      "type=endpoint",
      "[p]",
      ...REGISTRATION,
      "outbound_auth=out",
      "contact_user=100",
      "expiration=600",
      "transport=t",
    ];
    const { accounts, diagnostics } = read([...lines, ...auth, "[other]", ...REGISTRATION]);
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      accounts.map(({ name, host, port, registration }) => ({ name, host, port, registration })),
      [
        {
          name: "p",
          host: undefined,
          port: undefined,
          registration: {
            server: "sip:sip.example.com:5070;transport=tls",
            username: "me",
            authUser: "digest",
            domain: "dom.example",
            secret: "s",
            extension: "100",
            expirySeconds: 600,
            origin: "pjsip.conf:3",
          },
        },
        {
          name: "me-sip.example.com",
          host: "sip.example.com",
          port: 5070,
          registration: {
            server: "sip:sip.example.com:5070",
            username: "me",
            domain: "dom.example",
            origin: "pjsip.conf:18",
          },
        },
      ],
    );
  });

  it("is left out without a server or a user (SIP-E05)", () => {
    assert.deepEqual(
      linesOf(read(["[r]", "type=registration", "server_uri=example", "[q]", "type=registration", "server_uri=sip:x"])),
      [
        "pjsip.conf:3:12 SIP-E05 registration [r] is left out: write server_uri = sip:host",
        "pjsip.conf:6:12 SIP-E05 registration [q] is left out: write client_uri = sip:user@host",
      ],
    );
  });
});

describe("wizard sections of pjsip_wizard.conf", () => {
  it("make a phone with its number and hint", () => {
    const reading = read(
      [],
      [
        ...[
          "[myphone]",
          "type = wizard",
          "accepts_auth = yes",
          "accepts_registrations = yes",
          "has_phoneprov = yes",
          "has_hint = yes",
        ],
        ...["hint_exten = 1000", "inbound_auth/username = testname", "inbound_auth/password = test password"],
        ...[
          "endpoint/allow = ulaw",
          "endpoint/context = desks",
          "phoneprov/MAC = 001122aa4455",
          "phoneprov/PROFILE = p",
          "endpoint/contxt=x",
        ],
      ],
    );
    assert.deepEqual(reading.accounts, [
      {
        name: "myphone",
        secret: "test password",
        authUser: "testname",
        context: "desks",
        subscribeContext: "desks",
        origin: "pjsip_wizard.conf:1",
      },
    ]);
    assert.deepEqual(reading.extensions, [
      { number: "1000", context: "desks", devices: ["PJSIP/myphone"], origin: "pjsip_wizard.conf:1" },
    ]);
    assert.deepEqual(
      reading.phones.map(({ mac, accounts }) => [mac, accounts]),
      [["001122aa4455", ["myphone"]]],
    );
    assert.deepEqual(linesOf(reading), [
      "pjsip_wizard.conf:10:1 SIP-I02 allow has no effect here (media): it may stay",
      'pjsip_wizard.conf:14:1 SIP-W03 contxt is not known for an endpoint (did you mean "context"?): it is ignored, remove it',
    ]);
  });

  it("make a provider with his hosts and registrations", () => {
    const { accounts, diagnostics } = read(
      [],
      [
        ...["[mytrunk]", "type = wizard", "sends_auth = yes", "sends_registrations = yes"],
        ...[
          "remote_hosts = sip1.myitsp.com:5060,sip2.myitsp.com:5060",
          "outbound_auth/username = testname",
          "outbound_auth/password = pw",
        ],
      ],
    );
    assert.deepEqual(diagnostics, []);
    const origin = "pjsip_wizard.conf:1";
    assert.deepEqual(accounts, [
      {
        name: "mytrunk",
        context: "default",
        subscribeContext: "default",
        host: "sip1.myitsp.com",
        port: 5060,
        sources: ["sip2.myitsp.com"],
        insecure: ["port", "invite"],
        outbound: { username: "testname", secret: "pw" },
        registration: { server: "sip:sip1.myitsp.com:5060", username: "testname", secret: "pw", origin },
        origin,
      },
      {
        name: "testname-sip2.myitsp.com",
        context: "default",
        subscribeContext: "default",
        type: "peer",
        host: "sip2.myitsp.com",
        port: 5060,
        registration: { server: "sip:sip2.myitsp.com:5060", username: "testname", secret: "pw", origin },
        origin,
      },
    ]);
  });

  it("must say that they are wizards (SIP-E07), and give their addresses right (SIP-W04)", () => {
    const reading = read(
      [],
      [
        "[a]",
        "sends_auth=yes",
        "[b]",
        "type=wizard",
        "has_phoneprov=yes",
        "phoneprov/mac=x",
        "sends_reg=1",
        `remote_hosts=${"h,".repeat(21)}`,
      ],
    );
    assert.deepEqual(linesOf(reading), [
      "pjsip_wizard.conf:1:1 SIP-E07 [a] of pjsip_wizard.conf is left out: write type = wizard",
      'pjsip_wizard.conf:6:15 SIP-W04 phoneprov/MAC "x" of [b] is no MAC address: write 12 hexadecimal digits',
      "pjsip_wizard.conf:7:1 SIP-W03 sends_reg is not known for a wizard section: it is ignored, remove it",
      "pjsip_wizard.conf:8:14 SIP-W04 remote_hosts of [b] has more than 20 hosts: the others are ignored",
    ]);
  });
});
