import { parseMessage } from "#sip/message/parse-message";
import { perSecond, type Figure } from "../figures.ts";

const SUBSCRIBE =
  "SUBSCRIBE sip:L1-0000FFFF0005_T1@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.21:5060;branch=z9hG4bKd95c4d73B2EA6CBD\r\n" +
  'From: "0000FFFF0005" <sip:0000FFFF0005@192.0.2.1>;tag=6A4A2B8A-C6F5C0A1\r\nTo: <sip:L1-0000FFFF0005_T1@192.0.2.1;user=phone>\r\n' +
  "CSeq: 2 SUBSCRIBE\r\nCall-ID: 54edec9d-3b5b8f2d-6a8ae3cc@192.0.2.21\r\nContact: <sip:0000FFFF0005@192.0.2.21>\r\nEvent: dialog\r\n" +
  "User-Agent: PolycomSoundPointIP-SPIP_550-UA/4.0.15.1009\r\nAccept-Language: en\r\nAccept: application/dialog-info+xml\r\n" +
  'Authorization: Digest username="0000FFFF0005", realm="lamplighter", nonce="bm9uY2U", qop=auth, cnonce="7e2f5ab4", nc=00000001, ' +
  'uri="sip:L1-0000FFFF0005_T1@192.0.2.1", response="d8c1f5b1b2d0f0a5d2a3e6b5e2ad3a54", algorithm=MD5\r\n' +
  "Max-Forwards: 70\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n";
const OK =
  "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK0123456789abcdef\r\n" +
  "From: <sip:L1-0000FFFF0005_T1@192.0.2.1>;tag=0123456789abcdef\r\nTo: <sip:0000FFFF0005@192.0.2.1>;tag=6A4A2B8A-C6F5C0A1\r\n" +
  "CSeq: 4711 NOTIFY\r\nCall-ID: 54edec9d-3b5b8f2d-6a8ae3cc@192.0.2.21\r\nContact: <sip:0000FFFF0005@192.0.2.21>\r\nContent-Length: 0\r\n\r\n";

const ROUND_MS = 1500;

/** Messages read a second, on one core, nothing else going on. */
export function parse(): Promise<Figure[]> {
  return Promise.resolve([
    { name: "SUBSCRIBE with credentials (810 bytes) read whole", value: `${rate(SUBSCRIBE)}/s` },
    { name: "200 of a NOTIFY matched by its branch", value: `${rate(OK)}/s` },
  ]);
}

function rate(message: string): string {
  const bytes = Buffer.from(message, "latin1");
  run(bytes, ROUND_MS / 3);
  const { count, ms } = run(bytes, ROUND_MS);
  return perSecond(count, ms);
}

/** From a buffer each time, as it comes from the socket. */
function run(bytes: Buffer, limitMs: number): { readonly count: number; readonly ms: number } {
  const startedAt = performance.now();
  let count = 0;
  let read = 0;
  for (;;) {
    for (let round = 0; round < 1000; round += 1) {
      const parsed = parseMessage(bytes.toString("latin1"));
      if (parsed.ok && (parsed.value.kind === "request" ? parsed.value.callId !== "" : parsed.value.branch !== undefined))
        read += 1;
    }
    count += 1000;
    const ms = performance.now() - startedAt;
    if (ms > limitMs) {
      if (read !== count) throw new Error("a message could not be read");
      return { count, ms };
    }
  }
}
