import assert from "node:assert/strict";
import fc from "fast-check";
import { parseRtcp, writeRtcp } from "#media/rtcp-packet";
import { parseRtp, writeRtpHeader } from "#media/rtp-packet";
import { IncomingEvents } from "#media/telephone-event";
import { readWav } from "#media/wav";

const word = fc.nat(0xffffffff);

describe("packets of RTP and RTCP", () => {
  it("random octets are read or refused, and never more than there is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (octets, isSecondByte) => {
        const data = Buffer.from(octets);
        if (isSecondByte && data.length > 1) data.writeUInt8(0x80 | (data[0]! & 0x3f), 0);
        const packet = parseRtp(data);
        assert.ok(packet === undefined || packet.payload.length <= data.length - 12);
        parseRtcp(data);
        readWav(Buffer.concat([Buffer.from("RIFF----WAVEfmt "), data]));
      }),
      { numRuns: 5000 },
    );
  });

  it("what is written is read, with padding, sources and an extension too", () => {
    fc.assert(
      fc.property(
        fc.record({
          marker: fc.boolean(),
          payloadType: fc.nat(127),
          sequence: fc.nat(65535),
          timestamp: word,
          ssrc: word,
        }),
        fc.uint8Array({ maxLength: 480 }),
        fc.nat(15),
        fc.option(fc.nat(3), { nil: undefined }),
        fc.nat(255),
        (header, payload, sources, extension, padding) => {
          const head = Buffer.alloc(12);
          writeRtpHeader(head, header);
          head[0] = 0x80 | sources | (extension === undefined ? 0 : 0x10) | (padding === 0 ? 0 : 0x20);
          const extra = Buffer.alloc(extension === undefined ? 0 : 4 + extension * 4);
          if (extension !== undefined) extra.writeUInt16BE(extension, 2);
          const tail = Buffer.alloc(padding, padding);
          const packet = parseRtp(Buffer.concat([head, Buffer.alloc(sources * 4), extra, payload, tail]));
          assert.deepEqual(packet, { ...header, payload: Buffer.from(payload) });
        },
      ),
    );
  });

  it("reports are read as they were written", () => {
    const block = fc.record({
      ssrc: word,
      fractionLost: fc.nat(255),
      totalLost: fc.integer({ min: -0x800000, max: 0x7fffff }),
      highestSequence: word,
      jitter: word,
      lastSenderReport: word,
      delay: word,
    });
    const sender = fc.record({ ntpSeconds: word, ntpFraction: word, timestamp: word, packets: word, octets: word });
    fc.assert(
      fc.property(
        word,
        fc.option(sender, { nil: undefined }),
        fc.option(block, { nil: undefined }),
        fc.boolean(),
        (ssrc, by, about, isBye) => {
          const read = parseRtcp(writeRtcp({ ssrc, cname: "0123456789ab", sender: by, block: about, isBye }));
          const report = { type: "report", ssrc, sender: by, blocks: about === undefined ? [] : [about] };
          assert.deepEqual(
            JSON.parse(JSON.stringify(read)),
            JSON.parse(JSON.stringify(isBye ? [report, { type: "bye", ssrcs: [ssrc] }] : [report])),
          );
        },
      ),
    );
  });

  it("an event is told once and ended once, whatever is lost or doubled of it (RFC 4733)", () => {
    const copies = fc.array(fc.boolean(), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(15), copies), { maxLength: 6 }), (events) => {
        const incoming = new IncomingEvents();
        const found: string[] = [];
        events.forEach(([event, ends], at) => {
          for (const isEnd of ends) {
            const payload = Uint8Array.from([event, isEnd ? 0x80 : 0, 0, 160]);
            const packet = { marker: false, payloadType: 101, sequence: 0, timestamp: at * 800, ssrc: 1, payload };
            found.push(...incoming.take(packet, 0).map(({ type, digit }) => `${type} ${digit}`));
          }
        });
        found.push(...incoming.tick(10_000).map(({ type, digit }) => `${type} ${digit}`));
        const wanted = events.flatMap(([event]) => ["began", "ended"].map((type) => `${type} ${"0123456789*#ABCD"[event]}`));
        assert.deepEqual(found, wanted);
      }),
    );
  });
});
