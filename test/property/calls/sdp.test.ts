import assert from "node:assert/strict";
import fc from "fast-check";
import { answerSdp, offerSdp, readAnswer } from "#calls/sdp";

const LOCAL = { host: "192.0.2.9", port: 10_000, sessionId: 7, version: 1 };

/** Lines as phones write them, and as nobody should. */
const line = fc.oneof(
  fc.constantFrom(
    "v=0",
    "o=- 1 2 IN IP4 192.0.2.1",
    "s=-",
    "c=IN IP4 192.0.2.1",
    "c=IN IP6 2001:db8::1",
    "c=IN IP4 0.0.0.0",
    "t=0 0",
    "m=audio 4000 RTP/AVP 0 8 101",
    "m=audio 4000 RTP/AVP 18",
    "m=audio 0 RTP/AVP 0",
    "m=video 5000 RTP/AVP 96",
    "m=audio 4000 RTP/SAVP 0",
    "m=image 9 udptl t38",
    "m=audio",
    "m=audio 99999 RTP/AVP 0",
    "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:101 telephone-event/8000",
    "a=sendonly",
    "a=inactive",
    "a=rtcp-mux",
    "a=rtcp:4007",
  ),
  fc
    .tuple(fc.constantFrom("a=", "m=", "c=", "o=", ""), fc.string({ unit: "binary", maxLength: 40 }))
    .map((parts) => parts.join("")),
);
const sdp = fc
  .tuple(fc.array(line, { maxLength: 20 }), fc.constantFrom("\r\n", "\n"))
  .map(([lines, end]) => lines.join(end) + end);

describe("SDP, whatever a peer writes (RFC 3264, B-12)", () => {
  it("is answered line for line, or refused with a reason; nothing of theirs breaks a line of ours", () => {
    fc.assert(
      fc.property(sdp, (offer) => {
        const answer = answerSdp(offer, LOCAL);
        if (!answer.ok) {
          assert.match(answer.error, /^[ -~]+$/);
          return;
        }
        const { sdp: text, agreed } = answer.value;
        assert.match(text, /^(?:[a-z]=[^\r\n\0]*\r\n)+$/);
        const medias = [...text.matchAll(/^m=(\S+) (\d+) /gm)];
        assert.equal(medias.length, [...offer.matchAll(/^m=/gm)].length, text);
        assert.equal(medias.filter(([, , port]) => port !== "0").length, 1);
        if (agreed.remote !== undefined) {
          assert.match(agreed.remote.host, /^[0-9A-Fa-f.:]+$/);
          for (const port of [agreed.remote.port, agreed.remote.rtcpPort]) assert.ok(port > 0 && port < 65_536);
        }
        const { eventPayload = 96 } = agreed;
        assert.ok(eventPayload >= 96 && eventPayload <= 127);
      }),
      { numRuns: 3000 },
    );
  });

  it("is read as an answer, or refused", () => {
    fc.assert(
      fc.property(sdp, (answer) => {
        const read = readAnswer(answer);
        if (!read.ok) assert.match(read.error, /^[ -~]+$/);
      }),
      { numRuns: 3000 },
    );
  });

  it("of ours is answered by ours: both send, to each other", () => {
    const [offer, other] = [offerSdp(LOCAL), { ...LOCAL, host: "2001:db8::9", port: 20_000 }];
    const answer = answerSdp(offer, other);
    assert.ok(answer.ok);
    assert.deepEqual(answer.value.agreed.remote, { host: "192.0.2.9", port: 10_000, rtcpPort: 10_001 });
    const read = readAnswer(answer.value.sdp);
    assert.ok(read.ok);
    assert.deepEqual(read.value, {
      agreed: {
        remote: { host: "2001:db8::9", port: 20_000, rtcpPort: 20_001 },
        ...{ codec: "PCMU", eventPayload: 101, sends: true, receives: true },
      },
      isHeld: false,
      direction: "sendrecv",
    });
  });
});
