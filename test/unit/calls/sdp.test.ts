import assert from "node:assert/strict";
import { answerSdp, directSdp, readAnswer } from "#calls/sdp";

const LOCAL = { host: "192.0.2.9", port: 10_000, sessionId: 7, version: 1 };

function offer(...media: readonly string[]): string {
  return ["v=0", "o=- 1 2 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", ...media, ""].join("\r\n");
}

function answered(text: string): Extract<ReturnType<typeof answerSdp>, { readonly ok: true }>["value"] {
  const answer = answerSdp(text, LOCAL);
  return answer.ok ? answer.value : assert.fail(answer.error);
}

describe("answers to offers of SDP", () => {
  it("holds are known by sendonly, inactive and 0.0.0.0, and answered with the opposite (B-11)", () => {
    const of = (...lines: readonly string[]): readonly unknown[] => {
      const { isHeld, direction, agreed } = answered(offer("m=audio 4000 RTP/AVP 0", ...lines));
      return [isHeld, direction, agreed.sends, agreed.receives];
    };
    assert.deepEqual(of(), [false, "sendrecv", true, true]);
    assert.deepEqual(of("a=sendonly"), [true, "recvonly", false, true]);
    assert.deepEqual(of("a=inactive"), [true, "inactive", false, false]);
    assert.deepEqual(of("a=recvonly"), [false, "sendonly", true, false]);
    assert.deepEqual(of("c=IN IP4 0.0.0.0"), [true, "sendrecv", true, true]);
    assert.equal(answered(offer("m=audio 4000 RTP/AVP 0", "c=IN IP4 0.0.0.0")).agreed.remote, undefined);
    const ofSession = answered(offer("a=sendonly", "m=audio 4000 RTP/AVP 0"));
    assert.equal(ofSession.isHeld, true);
  });

  it("the first codec of theirs that we have counts; their number for digits is kept (B-13)", () => {
    const { agreed, sdp } = answered(offer("m=audio 4000 RTP/AVP 18 8 0 97", "a=rtpmap:97 telephone-event/8000"));
    assert.deepEqual([agreed.codec, agreed.eventPayload], ["PCMA", 97]);
    assert.match(sdp, /^m=audio 10000 RTP\/AVP 8 97\r$/m);
  });

  it("lines that we cannot are refused in their places (B-12)", () => {
    const { sdp } = answered(offer("m=video 5000 RTP/AVP 96", "m=audio 4000 RTP/AVP 0", "m=audio 4002 RTP/AVP 0"));
    assert.deepEqual(
      [...sdp.matchAll(/^m=.*$/gm)].map(([text]) => text),
      ["m=video 0 RTP/AVP 96", "m=audio 10000 RTP/AVP 0", "m=audio 0 RTP/AVP 0"],
    );
    for (const media of ["m=audio 4000 RTP/SAVP 0", "m=audio 4000 RTP/AVP 18", "m=audio 0 RTP/AVP 0", "m=video 1 RTP/AVP 0"])
      assert.equal(answerSdp(offer(media), LOCAL).ok, false, media);
  });

  it("RTCP is where they say, or beside, or with the sound", () => {
    const ports = (...lines: readonly string[]): unknown => {
      const { remote } = answered(offer("m=audio 4000 RTP/AVP 0", ...lines)).agreed;
      return remote?.rtcpPort;
    };
    assert.deepEqual([ports(), ports("a=rtcp:4007"), ports("a=rtcp-mux")], [4001, 4007, 4000]);
  });
});

describe("offers of another one's place", () => {
  it("say where that takes its sound, in a session that stays ours (RFC 8866 §5.2)", () => {
    const place = { host: "192.0.2.1", port: 4000, rtcpPort: 4001, codec: "PCMA", eventPayload: 97 } as const;
    for (const rtcpPort of [4001, 4007]) {
      const sdp = directSdp(LOCAL, { ...place, rtcpPort });
      assert.match(sdp, /^o=- 7 1 IN IP4 192\.0\.2\.9\r$/m);
      const read = readAnswer(sdp);
      assert.deepEqual(read.ok && read.value.agreed.remote, { host: "192.0.2.1", port: 4000, rtcpPort });
      assert.match(sdp, /^m=audio 4000 RTP\/AVP 8 97\r$/m);
    }
    assert.match(directSdp(LOCAL, { ...place, host: "2001:db8::1" }), /^c=IN IP6 2001:db8::1\r$/m);
  });
});
