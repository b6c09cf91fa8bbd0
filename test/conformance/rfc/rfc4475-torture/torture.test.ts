import assert from "node:assert/strict";
import type { LazyResponse } from "#sip/message/lazy-response";
import { headerOf, headersOf, type SipRequest } from "#sip/message/message";
import { parseNameAddress, parseNameAddressList } from "#sip/message/name-addr";
import { parseMessage } from "#sip/message/parse-message";
import { decodeUser, parseUri, sameUri } from "#sip/message/uri";
import { fromWire } from "#sip/message/wire-text";
import { ALL, BINARY_PART, INVALID, OTHERS } from "./messages.ts";
import { ServerUnderTorture, type Torture } from "./server-under-torture.ts";
import { INVALID_VERDICTS, OTHER_VERDICTS, VALID_VERDICTS, type Verdict } from "./verdicts.ts";

async function tortured<T>(torture: Torture, work: (server: ServerUnderTorture) => Promise<T>): Promise<T> {
  const server = new ServerUnderTorture(torture);
  try {
    return await work(server);
  } finally {
    server.end();
  }
}

function requestOf(name: keyof typeof ALL): SipRequest {
  const parsed = parseMessage(ALL[name]);
  return parsed.ok && parsed.value.kind === "request" ? parsed.value : assert.fail(name);
}

function responseOf(name: keyof typeof ALL): LazyResponse {
  const parsed = parseMessage(ALL[name]);
  return parsed.ok && parsed.value.kind === "response" ? parsed.value : assert.fail(name);
}

describe("RFC 4475: what each torture message is answered", () => {
  for (const [section, verdicts] of [
    ["§3.1.1 valid", VALID_VERDICTS],
    ["§3.1.2 invalid", INVALID_VERDICTS],
    ["§3.2 to §3.4", OTHER_VERDICTS],
  ] as const)
    for (const [name, verdict] of Object.entries(verdicts)) {
      const [status, why, torture = {}]: Verdict = verdict;
      it(`${section}: ${name} → ${status ?? "nothing"}: ${why}`, async () => {
        const text = ALL[name as keyof typeof ALL];
        assert.equal(await tortured(torture, (server) => server.statusOf(text)), status);
      });
    }

  it("zeromf → 483 when it would have to go on", async () => {
    assert.equal(await tortured({ ours: ["other.example"] }, (server) => server.statusOf(OTHERS.zeromf)), 483);
  });

  it("badvers → 505 when its Via can be used", async () => {
    const text = INVALID.badvers.replace("SIP/7.0/UDP", "SIP/2.0/UDP");
    assert.equal(await tortured({}, (server) => server.statusOf(text)), 505);
  });

  it("bext01 names every extension, regaut01 gets a challenge, 405 and 501 say what is allowed", async () => {
    const headerAfter = (name: keyof typeof ALL, header: string, torture: Torture = {}): Promise<string | undefined> =>
      tortured(torture, async (server) => {
        await server.statusOf(ALL[name]);
        return server.header(header);
      });
    assert.equal(await headerAfter("bext01", "Unsupported"), "nothingSupportsThis, nothingSupportsThisEither");
    assert.match(
      (await headerAfter("regaut01", "WWW-Authenticate", { isStranger: true })) ?? "",
      /^Digest realm="torture", nonce="/,
    );
    assert.match((await headerAfter("intmeth", "Allow")) ?? "", /OPTIONS/);
    assert.match((await headerAfter("sdp01", "Allow")) ?? "", /REGISTER/);
  });

  it("badbranch: two requests with the cookie alone are two transactions", async () => {
    const other = OTHERS.badbranch.replace("badbranch.", "other.");
    await tortured({}, async ({ layer, flow }) => {
      for (const text of [OTHERS.badbranch, other, OTHERS.badbranch]) layer.receive(text, flow);
      await Promise.resolve();
      assert.equal(flow.sent.length, 3);
      assert.equal(flow.sent[0], flow.sent[2]);
      assert.notEqual(flow.sent[0], flow.sent[1]);
    });
  });

  it("binds the contacts of escnull, cparam01, cparam02 and regescrt as they were meant", async () => {
    const bound = (name: keyof typeof ALL): Promise<readonly string[]> =>
      tortured({}, async (server) => {
        assert.equal(await server.statusOf(ALL[name]), 200);
        return server.contacts;
      });
    assert.deepEqual(await bound("escnull"), ["sip:%00@host5.example.com", "sip:%00%00@host5.example.com"]);
    assert.deepEqual(await bound("cparam01"), ["sip:+19725552222@gw1.example.net"]);
    assert.deepEqual(await bound("cparam02"), ["sip:+19725552222@gw1.example.net;unknownparam"]);
    assert.deepEqual(await bound("regescrt"), ["sip:user@example.com?Route=%3Csip:sip.example.com%3E"]);
    assert.deepEqual(await bound("dblreq"), ["sip:j.user@host.example.com"]);
  });
});

describe("RFC 4475: what is read in the messages", () => {
  it("wsinv", () => {
    const request = requestOf("wsinv");
    assert.equal(request.to.tag, "1918181833n");
    assert.equal(request.to.uri, "sip:vivekg@chair-dnrc.example.com");
    assert.equal(request.from.tag, "98asjd8");
    const from = parseNameAddress(request.from.text);
    assert.equal(from.ok && from.value.name, 'J Rosenberg \\"');
    assert.deepEqual(request.cseq, { number: 9, method: "INVITE" });
    assert.deepEqual([request.via.host, request.via.branch, request.via.transport], ["192.0.2.2", "390skdjuw", "UDP"]);
    assert.equal(
      headersOf(request, "via")[1]?.startsWith("SIP  / 2.0  / TCP     spindle.example.com   ; branch  =   z9hG4bK9ikj8  ,"),
      true,
    );
    assert.equal(headerOf(request, "subject"), "");
    assert.equal(headerOf(request, "newfangledheader"), "newfangled value continued newfangled value");
    const contact = parseNameAddress(headerOf(request, "contact") ?? "");
    assert.ok(contact.ok);
    assert.equal(contact.value.name, 'Quoted string ""');
    assert.deepEqual(Object.fromEntries(contact.value.parameters), { newparam: "newvalue", secondparam: "", q: "0.33" });
    assert.equal(request.body.length, 150);
  });

  it("intmeth", () => {
    const request = requestOf("intmeth");
    assert.equal(request.method, "!interesting-Method0123456789_*+`.%indeed'~");
    assert.equal(request.via.branch, "z9hG4bK-.!%66*_+`'~");
    const uri = parseUri(request.uri);
    assert.ok(uri.ok);
    assert.equal(uri.value.user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
    const [to, from] = [parseNameAddress(request.to.text), parseNameAddress(request.from.text)];
    assert.equal(to.ok && to.value.name, "BEL:\x07 NUL:\x00 DEL:\x7f");
    assert.ok(from.ok);
    assert.equal(fromWire(from.value.parameters.get("fromparam''~+*_!.-%") ?? ""), "работающий");
    assert.equal(request.from.tag, "_token~1'+`*%!-.");
    assert.equal(request.callId, "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{");
    assert.equal(fromWire(headerOf(request, "extensionheader-!.%*+_`'~") ?? ""), "\ufeff大停電");
  });

  it("esc01, esc02, escnull", () => {
    const uri = parseUri(requestOf("esc01").uri);
    assert.equal(uri.ok && decodeUser(uri.value.user ?? ""), "sips:user@example.com");
    const contact = parseNameAddress(headerOf(requestOf("esc01"), "contact") ?? "");
    assert.equal(contact.ok && contact.value.uri, "sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31");
    assert.equal(headersOf(requestOf("esc02"), "contact").length, 2);
    const contacts = headersOf(requestOf("escnull"), "contact").map((value) => {
      const parsed = parseNameAddress(value);
      const read = parseUri(parsed.ok ? parsed.value.uri : "");
      return read.ok ? read.value : assert.fail(value);
    });
    assert.ok(contacts[0] !== undefined && contacts[1] !== undefined && !sameUri(contacts[0], contacts[1]));
  });

  it("lwsdisp, badaspec, baddn: names and URIs", () => {
    const read = (text: string): readonly string[] => {
      const parsed = parseNameAddress(text);
      return parsed.ok ? [parsed.value.name, parsed.value.uri] : assert.fail(text);
    };
    assert.deepEqual(read(requestOf("lwsdisp").from.text), ["caller", "sip:caller@example.com"]);
    assert.deepEqual(read(requestOf("badaspec").to.text), ["Watson, Thomas", "sip:t.watson@example.org"]);
    assert.deepEqual(read(requestOf("baddn").from.text), ["Bell, Alexander", "sip:a.g.bell@example.com"]);
    assert.equal(parseNameAddressList(requestOf("baddn").from.text, 5).ok, true, "in a list the comma splits: two values");
  });

  it("longreq", () => {
    const request = requestOf("longreq");
    assert.equal(headersOf(request, "via").length, 34);
    assert.equal(request.via.host, "sip33.example.com");
    assert.equal(request.from.tag?.length, 155);
    const uri = parseUri(request.to.uri);
    assert.ok(uri.ok);
    assert.equal(uri.value.parameters.size, 3);
    assert.equal(uri.value.port, 6000);
  });

  it("semiuri, transports, mpart01, dblreq", () => {
    const uri = parseUri(requestOf("semiuri").uri);
    assert.ok(uri.ok);
    assert.equal(uri.value.user, "user;par=u%40example.net");
    assert.equal(uri.value.parameters.size, 0);
    assert.equal(headersOf(requestOf("transports"), "via").length, 5);
    assert.ok(requestOf("mpart01").body.includes(BINARY_PART));
    assert.equal(requestOf("dblreq").body, "");
  });

  it("unreason, noreason, scalarlg, bcast", () => {
    assert.equal(fromWire(responseOf("unreason").reason), "= 2**3 * 5**2 но сто девяносто девять - простое");
    assert.equal(responseOf("unreason").body.length, 154);
    assert.deepEqual([responseOf("noreason").status, responseOf("noreason").reason], [100, ""]);
    assert.deepEqual(responseOf("scalarlg").cseq, { number: 0, method: "" });
    assert.equal(responseOf("bcast").branch, "z9hG4bK1324923");
  });

  it("inv2543", () => {
    const request = requestOf("inv2543");
    assert.deepEqual(
      [request.via.branch, request.from.tag, request.to.uri],
      [undefined, undefined, "sip:+16505552222@ss1.example.net"],
    );
    assert.ok(request.body.startsWith("v=0"));
  });
});
