import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDigest, printDigest } from "#sip/message/auth-header";
import { headerOf, headersOf, type SipRequest } from "#sip/message/message";
import { parseNameAddress, parseNameAddressList } from "#sip/message/name-addr";
import { parseMessage } from "#sip/message/parse-message";
import { printRequest, printResponse } from "#sip/message/print-message";
import { unquote } from "#sip/message/scan-text";
import { splitList } from "#sip/message/split-list";
import { parseUri, sameUri } from "#sip/message/uri";
import { fromWire, printDisplayName } from "#sip/message/wire-text";
import { requestTexts } from "#test/support/message-texts";

const RUNS = 2000;

function read(text: string): SipRequest {
  const parsed = parseMessage(text);
  if (!parsed.ok) return assert.fail(`${parsed.error.reason}: ${JSON.stringify(text)}`);
  return parsed.value.kind === "request" ? parsed.value : assert.fail("a response");
}

describe("print and parse", function () {
  this.timeout(60_000);

  it("give a request back as it was", () => {
    fc.assert(
      fc.property(requestTexts, (text) => {
        const request = read(text);
        const { method, uri, body } = request;
        const headers = request.headers.filter(({ name }) => name !== "content-length");
        const again = read(
          printRequest({ method, uri, body, headers: headers.map(({ name, value }) => [name, value] as const) }),
        );
        assert.deepEqual(
          again.headers.filter(({ name }) => name !== "content-length"),
          headers,
        );
        for (const key of ["method", "uri", "body", "via", "from", "to", "callId", "cseq"] as const)
          assert.deepEqual(again[key], request[key]);
      }),
      { numRuns: RUNS },
    );
  });

  it("give an answer the identity of its request, byte for byte", () => {
    const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array).toString("latin1"));
    const tags = fc.stringMatching(/^[0-9a-f]{1,16}$/);
    fc.assert(
      fc.property(requestTexts, fc.integer({ min: 100, max: 699 }), tags, bytes, (text, status, toTag, body) => {
        const request = read(text);
        const parsed = parseMessage(printResponse(request, { status, toTag, body }, { host: "192.0.2.9", port: 4711 }));
        assert.ok(parsed.ok && parsed.value.kind === "response");
        const answer = parsed.value;
        assert.equal(answer.status, status);
        assert.equal(answer.body, body);
        assert.equal(headerOf(answer, "from"), request.from.text);
        assert.equal(
          headerOf(answer, "to"),
          request.to.tag !== undefined || status === 100 ? request.to.text : `${request.to.text};tag=${toTag}`,
        );
        assert.equal(answer.callId, request.callId);
        assert.deepEqual(answer.cseq, request.cseq);
        assert.deepEqual(headersOf(answer, "via").slice(1), headersOf(request, "via").slice(1));
        const { via } = answer;
        assert.deepEqual(
          [via.branch, via.transport, via.host, via.port],
          [request.via.branch, request.via.transport, request.via.host, request.via.port],
        );
        if (request.via.rport) assert.match(via.text, /;rport=4711\b/);
      }),
      { numRuns: RUNS },
    );
  });

  it("give a name of people back, whatever is in it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        const address = parseNameAddress(`${printDisplayName(name)} <sip:a@h>;x`);
        assert.ok(address.ok);
        assert.equal(fromWire(address.value.name), name.replaceAll(/[\r\n\0]/g, " "));
        assert.equal(address.value.uri, "sip:a@h");
      }),
      { numRuns: RUNS },
    );
  });

  it("give digest values back", () => {
    const value = fc.uint8Array({ maxLength: 20 }).map((array) =>
      Buffer.from(array)
        .toString("latin1")
        .replaceAll(/[\r\n\0]/g, "x"),
    );
    fc.assert(
      fc.property(fc.record({ realm: value, nonce: value, opaque: value }), (values) => {
        assert.deepEqual(Object.fromEntries(parseDigest(printDigest(values)) ?? []), { ...values });
      }),
      { numRuns: RUNS },
    );
  });
});

describe("lists and URIs", function () {
  this.timeout(60_000);

  it("a list is its values, joined", () => {
    const value = fc.oneof(
      fc.stringMatching(/^[a-z;=]{1,5}$/),
      fc.string({ unit: "binary-ascii" }).map((inside) => printDisplayName(inside)),
      fc.stringMatching(/^<[a-z,;"]{0,5}>$/),
    );
    fc.assert(
      fc.property(fc.array(value), (values) => {
        assert.deepEqual(splitList(values.join(" ,\t")), values);
        for (const one of values) if (one.startsWith('"')) assert.equal(printDisplayName(unquote(one)), one);
      }),
      { numRuns: RUNS },
    );
  });

  it("every URI is the same as itself, escaped or in other letters", () => {
    fc.assert(
      fc.property(requestTexts, (text) => {
        const request = read(text);
        const contacts = headersOf(request, "contact").flatMap((value) => {
          const parsed = parseNameAddressList(value, 50);
          return parsed.ok ? parsed.value.map(({ uri }) => uri) : assert.fail(value);
        });
        for (const written of [request.uri, request.from.uri, request.to.uri, ...contacts]) {
          const uri = parseUri(written);
          assert.ok(uri.ok, written);
          const { user, host } = uri.value;
          const escaped = user?.replace(/^[a-z]/i, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
          assert.ok(sameUri(uri.value, { ...uri.value, user: escaped, host: host.toUpperCase() }), written);
          assert.ok(!sameUri(uri.value, { ...uri.value, user: `${user ?? ""}x` }));
        }
      }),
      { numRuns: RUNS },
    );
  });
});
