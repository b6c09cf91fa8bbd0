import { parse, write, type MediaDescription, type SessionDescription } from "sdp-transform";
import type { AgreedMedia, Codec } from "#media/media-engine";
import { fail, ok, type Result } from "#base/result";

/** Our side of a session: where we take media, and the numbers of its `o=` line. */
export interface LocalMedia {
  readonly host: string;
  readonly port: number;
  readonly sessionId: number;
  readonly version: number;
}

/** Where somebody takes media, and which. */
export interface MediaPlace {
  readonly host: string;
  readonly port: number;
  readonly rtcpPort: number;
  readonly codec: Codec;
  readonly eventPayload?: number;
}

/** Who sends, as the writer of an SDP sees it. */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** What a peer's SDP means for us. */
export interface Negotiated {
  readonly agreed: AgreedMedia;
  /** The peer does not listen: `sendonly`, `inactive` or the address 0.0.0.0 (RFC 3264 §8.4, B-11). */
  readonly isHeld: boolean;
  /** What we answer to its direction. */
  readonly direction: Direction;
}

const SDP_MAX_BYTES = 16_384;
/** More lines of media than any phone writes. */
const MEDIA_MAX = 10;
const PACKET_MS = 20;
const PAYLOADS: readonly { readonly codec: Codec; readonly payload: number }[] = [
  { codec: "PCMU", payload: 0 },
  { codec: "PCMA", payload: 8 },
];
const EVENT_PAYLOAD = 101;
const DIRECTIONS: readonly Direction[] = ["sendrecv", "sendonly", "recvonly", "inactive"];
const OPPOSITE: Readonly<Record<Direction, Direction>> = {
  sendrecv: "sendrecv",
  sendonly: "recvonly",
  recvonly: "sendonly",
  inactive: "inactive",
};

/** An offer of all that we can, in the order that we like. */
export function offerSdp(local: LocalMedia): string {
  const payloads = PAYLOADS.map(({ payload }) => payload);
  return printed(local, [audio(local.port, payloads, EVENT_PAYLOAD, { direction: "sendrecv", protocol: "RTP/AVP" })]);
}

/** An offer of media that somebody else sends and takes. */
export function directSdp(local: LocalMedia, { host, port, rtcpPort, codec, eventPayload }: MediaPlace): string {
  const payloads = PAYLOADS.filter((one) => one.codec === codec).map(({ payload }) => payload);
  const line = audio(port, payloads, eventPayload, { direction: "sendrecv", protocol: "RTP/AVP" });
  const isNext = rtcpPort === port + 1;
  return printed(local, [isNext ? line : { ...line, rtcp: { port: rtcpPort } }], host);
}

/**
 * Our answer to an offer, and what is agreed then (RFC 3264 §6): the first line of audio that we can, all others refused in their places. The
 * error is a reason phrase for a 488.
 */
export function answerSdp(offer: string, local: LocalMedia): Result<Negotiated & { readonly sdp: string }, string> {
  const read = readSdp(offer);
  if (!read.ok) return read;
  const { session, media } = read.value;
  const at = media.findIndex((line) => codecOf(line) !== undefined && isPlain(line) && line.port !== 0);
  const line = media[at];
  if (line === undefined) return fail("No audio that we can: G.711 over RTP/AVP is needed");
  const negotiated = negotiate(session, line);
  const { agreed, direction } = negotiated;
  const payload = PAYLOADS.find(({ codec }) => codec === agreed.codec)?.payload ?? 0;
  const lines = media.map((other, index) =>
    index === at
      ? audio(local.port, [payload], agreed.eventPayload, {
          direction,
          protocol: line.protocol,
          rtcpMux: agreed.rtcpMux === true,
        })
      : refused(other),
  );
  return ok({ ...negotiated, sdp: printed(local, lines) });
}

/** What an answer to an offer of ours agrees on. */
export function readAnswer(answer: string): Result<Negotiated, string> {
  const read = readSdp(answer);
  if (!read.ok) return read;
  const { session, media } = read.value;
  const [line] = media;
  if (line === undefined || line.port === 0 || codecOf(line) === undefined) return fail("The answer takes no audio");
  return ok(negotiate(session, line));
}

type Line = SessionDescription["media"][number];

function readSdp(text: string): Result<{ readonly session: SessionDescription; readonly media: readonly Line[] }, string> {
  if (text.length > SDP_MAX_BYTES) return fail("SDP too long");
  let session: SessionDescription;
  try {
    session = parse(text);
  } catch {
    return fail("SDP cannot be read");
  }
  if (session.media.length > MEDIA_MAX) return fail("Too many lines of media");
  // A line that cannot be read is left empty by the parser, whatever its types say.
  if (session.media.some((line) => !Object.hasOwn(line, "type"))) return fail("A line of media cannot be read");
  return ok({ session, media: session.media });
}

function negotiate(session: SessionDescription, line: Line): Negotiated {
  const theirs = directionOf(line, session);
  const remote = remoteOf(session, line);
  const eventPayload = eventPayloadOf(line);
  const agreed: AgreedMedia = {
    remote,
    codec: codecOf(line) ?? "PCMU",
    ...(eventPayload === undefined ? {} : { eventPayload }),
    sends: theirs === "sendrecv" || theirs === "recvonly",
    receives: theirs === "sendrecv" || theirs === "sendonly",
    ...(line.rtcpMux === "rtcp-mux" ? { rtcpMux: true } : {}),
  };
  const isHeld = remote === undefined || theirs === "sendonly" || theirs === "inactive";
  return { agreed, isHeld, direction: OPPOSITE[theirs] };
}

/** Where their media goes; undefined: nowhere (0.0.0.0, as old phones hold). Names are not looked up. */
function remoteOf(session: SessionDescription, line: Line): AgreedMedia["remote"] {
  const host = (line.connection ?? session.connection)?.ip ?? "";
  if (!isAddress(host) || host === "0.0.0.0" || host === "::" || !isPort(line.port)) return undefined;
  const said = line.rtcpMux === "rtcp-mux" ? line.port : (line.rtcp?.port ?? line.port + 1);
  return { host, port: line.port, rtcpPort: isPort(said) ? said : line.port };
}

/** The first codec that they name and we have. */
function codecOf(line: Line): Codec | undefined {
  if (line.type !== "audio") return undefined;
  const offered = payloadsOf(line);
  return PAYLOADS.map(({ codec, payload }) => ({ codec, at: offered.indexOf(payload) }))
    .filter(({ at }) => at !== -1)
    .sort((left, right) => left.at - right.at)[0]?.codec;
}

function payloadsOf({ payloads }: Line): readonly number[] {
  return textOf(payloads)
    .split(" ")
    .filter((text) => /^\d{1,3}$/.test(text))
    .map(Number);
}

/** The parser gives a number where there is one only. */
function textOf(payloads: unknown): string {
  return typeof payloads === "number" || typeof payloads === "string" ? `${payloads}` : "";
}

function eventPayloadOf(line: Line): number | undefined {
  const events = line.rtp.find(({ codec, rate }) => codec.toLowerCase() === "telephone-event" && (rate ?? 8000) === 8000);
  return events !== undefined && events.payload >= 96 && events.payload <= 127 && payloadsOf(line).includes(events.payload)
    ? events.payload
    : undefined;
}

function isPlain({ protocol }: Line): boolean {
  return protocol === "RTP/AVP" || protocol === "RTP/AVPF";
}

function directionOf(line: Line, session: SessionDescription): Direction {
  const text = line.direction ?? session.direction;
  return DIRECTIONS.find((direction) => direction === text) ?? "sendrecv";
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

function isAddress(host: string): boolean {
  return /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:.]{2,45})$/.test(host);
}

function refused({ type, protocol, payloads }: Line): Omit<Line, "rtp" | "fmtp"> & Pick<Line, "rtp" | "fmtp"> {
  return {
    type: word(type),
    port: 0,
    protocol: word(protocol),
    payloads: textOf(payloads).replace(/[^\w ]/g, ""),
    rtp: [],
    fmtp: [],
  };
}

/** What they wrote is written back: nothing in it may break its line. */
function word(text: string): string {
  return text.replace(/[^\w/.-]/g, "");
}

function audio(
  port: number,
  payloads: readonly number[],
  eventPayload: number | undefined,
  {
    direction,
    protocol,
    rtcpMux = false,
  }: { readonly direction: Direction; readonly protocol: string; readonly rtcpMux?: boolean },
): Line {
  const codecs = PAYLOADS.filter(({ payload }) => payloads.includes(payload));
  const events = eventPayload === undefined ? [] : [{ payload: eventPayload, codec: "telephone-event", rate: 8000 }];
  const media: MediaDescription & Pick<Line, "type" | "port" | "protocol" | "payloads"> = {
    type: "audio",
    port,
    protocol,
    payloads: [...payloads, ...events.map(({ payload }) => payload)].join(" "),
    rtp: [...codecs.map(({ payload, codec }) => ({ payload, codec, rate: 8000 })), ...events],
    fmtp: events.map(({ payload }) => ({ payload, config: "0-16" })),
    ptime: PACKET_MS,
    direction,
    ...(rtcpMux ? { rtcpMux: "rtcp-mux" } : {}),
  };
  return media;
}

/** `place`: where its media goes; the session is ours in any case. */
function printed({ host, sessionId, version }: LocalMedia, media: Line[], place = host): string {
  const ipVer = host.includes(":") ? 6 : 4;
  return write({
    version: 0,
    origin: { username: "-", sessionId, sessionVersion: version, netType: "IN", ipVer, address: host },
    name: "-",
    connection: { version: place.includes(":") ? 6 : 4, ip: place },
    timing: { start: 0, stop: 0 },
    media,
  });
}
