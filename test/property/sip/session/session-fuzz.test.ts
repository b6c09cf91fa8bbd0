import assert from "node:assert/strict";
import fc from "fast-check";
import type { IncomingSession } from "#sip/session/session";
import { ANSWER, OFFER, PeerDialog, responseText, SessionBench, shortLine } from "#test/unit/sip/session/session-bench";

/** Values that nobody expects, by header; "" leaves it out. */
const value = fc.oneof(
  fc.constantFrom(
    "",
    "0",
    "-1",
    "99999999999",
    "4294967295",
    '"a\0b" <sip:x@192.0.2.9>',
    "<sip:@>",
    "<sip:a@192.0.2.9>;tag=;tag=x",
    'a;b="',
    ";;;",
    "600;refresher=",
    "90;refresher=nobody",
    "1 1 INVITE",
    "1 1",
    "<sip:p;lr>,<sip:q;lr>",
    "100rel, timer, replaces",
    "application/sdp",
    "multipart/mixed;boundary=x",
  ),
  fc.string({ unit: "binary-ascii", maxLength: 30 }).map((text) => text.replace(/[\r\n]/g, "")),
);

const names = [
  "Contact",
  "Record-Route",
  "Session-Expires",
  "Min-SE",
  "Supported",
  "Require",
  "RSeq",
  "RAck",
  "Allow",
  "Content-Type",
  "Reason",
  "Retry-After",
  "User-Agent",
  "P-Asserted-Identity",
];
const headers = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 5 });
const body = fc.constantFrom(
  undefined,
  "",
  OFFER,
  "v=0\r\n",
  "--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--x--",
  "x".repeat(20_000),
);
const method = fc.constantFrom("INVITE", "UPDATE", "PRACK", "INFO", "OPTIONS", "REFER", "ACK", "CANCEL");

describe("sessions whose peer writes anything into its headers", () => {
  it("never fail, answer every request of an own number, and end", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        headers,
        fc.array(fc.record({ method, headers, body, status: fc.constantFrom(0, 0, 180, 183, 200, 401, 422, 491) }), {
          maxLength: 8,
        }),
        async (isCalled, first, says) => {
          const bench = new SessionBench();
          const peer = isCalled ? await beCalled(bench, first) : PeerDialog.called(bench, (await bench.call()).invite);
          for (const one of says) {
            const request = bench.flow.sent.filter((text) => !text.startsWith("SIP/2.0") && !text.startsWith("ACK")).at(-1);
            if (one.status > 0 && request !== undefined)
              await bench.say(responseText(request, one.status, { headers: one.headers, body: one.body ?? "" }));
            else
              await bench.say(
                peer.write(one.method, { headers: one.headers, ...(one.body === undefined ? {} : { body: one.body }) }),
              );
            await bench.pass(100);
          }
          await bench.pass(200_000);
          bench.sessions.close();
          await bench.pass(200_000);
          assert.deepEqual(bench.errors, []);
          assert.equal(bench.sessions.count, 0);
          assert.deepEqual(bench.layer.describe(), []);
          for (const text of bench.flow.sent) assert.ok(!text.includes("\0"), shortLine(text));
        },
      ),
      { numRuns: Number(process.env["SESSION_RUNS"] ?? 150) },
    );
  }).timeout(120_000);
});

async function beCalled(bench: SessionBench, headersOfInvite: Readonly<Record<string, string>>): Promise<PeerDialog> {
  let made: IncomingSession | undefined;
  const { take } = bench;
  bench.take = (transaction, makeSession) =>
    take(transaction, () => {
      made = makeSession();
      return made;
    });
  const { peer } = await bench.called({ headers: headersOfInvite });
  peer.toTag = made?.id ?? "none";
  made?.progress(183, { sdp: ANSWER });
  made?.accept(ANSWER);
  return peer;
}
