/** The messages of RFC 5118 by its section titles, as binary strings. */

const lines = (...all: readonly string[]): string => `${all.join("\r\n")}\r\n\r\n`;

/** What is in all of the REGISTERs. */
function register(uri: string, section: string): string {
  return lines(
    `REGISTER ${uri} SIP/2.0`,
    "To: sip:user@example.com",
    "From: sip:user@example.com;tag=81x2",
    "Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111",
    `Call-ID: SSG9559905523997077@hlau_4100-${section}`,
    "Max-Forwards: 70",
    'Contact: "Caller" <sip:caller@[2001:db8::1]>',
    "CSeq: 98176 REGISTER",
    "Content-Length: 0",
  );
}

const session = (callId: string, contact: string, sdp: readonly string[]): string => {
  const body = sdp.map((line) => `${line}\r\n`).join("");
  return (
    lines(
      "INVITE sip:user@[2001:db8::10] SIP/2.0",
      "To: sip:user@[2001:db8::10]",
      "From: sip:user@example.com;tag=81x2",
      "Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111",
      `Call-ID: ${callId}`,
      `Contact: ${contact}`,
      "CSeq: 8612 INVITE",
      "Max-Forwards: 70",
      "Content-Type: application/sdp",
      `Content-Length: ${body.length}`,
    ) + body
  );
};

const bye = (callId: string, ...vias: readonly string[]): string =>
  lines(
    "BYE sip:user@host.example.net SIP/2.0",
    ...vias.map((via) => `Via: ${via}`),
    "Max-Forwards: 70",
    "From: sip:user@example.com;tag=81x2",
    "To: sip:user@example.net;tag=b2",
    `Call-ID: ${callId}`,
    "CSeq: 321 BYE",
    "Content-Length: 0",
  );

export const IPV6 = {
  "4.1 reference": register("sip:[2001:db8::10]", "4.1"),
  "4.2 without brackets": register("sip:2001:db8::10", "4.2"),
  "4.3 ambiguous port": register("sip:[2001:db8::10:5070]", "4.3"),
  "4.4 unambiguous port": register("sip:[2001:db8::10]:5070", "4.4"),
  "4.5 brackets in received": bye(
    "4.5a@[2001:db8::20]",
    "SIP/2.0/UDP [2001:db8::9:1]:6050;received=[2001:db8::9:255];branch=z9hG4bKas3-111",
  ),
  "4.5 no brackets in received": bye(
    "4.5b@[2001:db8::20]",
    "SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3",
  ),
  "4.6 addresses in SDP": session("4.6@[2001:db8::20]", '"Caller" <sip:caller@[2001:db8::20]>', [
    "v=0",
    "o=assistant 971731711378798081 0 IN IP6 2001:db8::20",
    "s=Live video feed for today's meeting",
    "c=IN IP6 2001:db8::20",
    "t=3338481189 3370017201",
    "m=audio 6000 RTP/AVP 2",
    "a=rtpmap:2 G726-32/8000",
    "m=video 6024 RTP/AVP 107",
    "a=rtpmap:107 H263-1998/90000",
  ]),
  "4.7 both families in headers": bye(
    "4.7@[2001:db8::20]",
    "SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111",
    "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144",
    "SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200",
  ),
  "4.8 both families in SDP": session("4.8@[2001:db8::20]", '"Caller" <sip:caller@[2001:db8::20]>', [
    "v=0",
    "o=bob 280744730 28977631 IN IP4 host.example.com",
    "s=",
    "t=0 0",
    "m=audio 22334 RTP/AVP 0",
    "c=IN IP4 192.0.2.1",
    "m=video 6024 RTP/AVP 107",
    "c=IN IP6 2001:db8::1",
    "a=rtpmap:107 H263-1998/90000",
  ]),
  "4.9 mapped IPv4 addresses": session("4.9@[::ffff:192.0.2.10]", '"T. desk phone" <sip:ted@[::ffff:192.0.2.2]>', [
    "v=0",
    "o=tbeckham 7989 7989 IN IP6 ::ffff:192.0.2.10",
    "s=-",
    "c=IN IP6 ::ffff:192.0.2.10",
    "t=0 0",
    "m=audio 6000 RTP/AVP 0",
  ]),
  "4.10 three colons of the old grammar": lines(
    "OPTIONS sip:user@[2001:db8:::192.0.2.1] SIP/2.0",
    "To: sip:user@[2001:db8:::192.0.2.1]",
    "From: sip:user@example.com;tag=810x2",
    "Via: SIP/2.0/UDP lab1.east.example.com;branch=z9hG4bKas3-111",
    "Call-ID: G9559905523997077@hlau_4100",
    "CSeq: 689 OPTIONS",
    "Max-Forwards: 70",
    "Content-Length: 0",
  ),
} as const;
