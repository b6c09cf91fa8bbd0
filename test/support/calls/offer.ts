import { PAYLOADS, type Codec } from "./g711.ts";
import type { AgreedSound } from "./sound.ts";

export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** What a phone offers and answers. */
export interface SoundTaste {
  /** In its order of preference. */
  readonly codecs: readonly Codec[];
  /** Payload number of RFC 4733 events; undefined: it knows none. */
  readonly eventPayload: number | undefined;
  /** It answers later offers with 488. */
  readonly isSettled?: boolean;
}

/** One description as a phone writes it. */
export interface Description extends SoundTaste {
  readonly host: string;
  readonly port: number;
  readonly direction: Direction;
}

const MIRRORED: Readonly<Record<Direction, Direction>> = {
  sendrecv: "sendrecv",
  sendonly: "recvonly",
  recvonly: "sendonly",
  inactive: "inactive",
};

/** SDP of a description; `version` counts up with each change. */
export function printSdp({ host, port, codecs, eventPayload, direction }: Description, version: number): string {
  const events = eventPayload === undefined ? [] : [eventPayload];
  const numbers = [...codecs.map((codec) => PAYLOADS[codec]), ...events];
  return [
    "v=0",
    `o=- 4711 ${version} IN IP4 ${host}`,
    "s=-",
    `c=IN IP4 ${host}`,
    "t=0 0",
    `m=audio ${port} RTP/AVP ${numbers.join(" ")}`,
    ...codecs.map((codec) => `a=rtpmap:${PAYLOADS[codec]} ${codec}/8000`),
    ...events.flatMap((number) => [`a=rtpmap:${number} telephone-event/8000`, `a=fmtp:${number} 0-15`]),
    "a=ptime:20",
    // Phones of RFC 2543 know the address alone.
    ...(host === "0.0.0.0" ? [] : [`a=${direction}`]),
    "",
  ].join("\r\n");
}

/** What the other side wrote; undefined where there is no audio line. */
export function readSdp(text: string): Description | undefined {
  const media = /^m=audio (\d+) \S+ ([\d ]+)\r?$/m.exec(text);
  const host = /^c=IN IP[46] (\S+)\r?$/m.exec(text)?.[1];
  if (media === null || host === undefined) return undefined;
  const numbers = (media[2] ?? "").split(" ").map(Number);
  const codecs = numbers.flatMap((number) => (["PCMU", "PCMA"] as const).filter((codec) => PAYLOADS[codec] === number));
  const event = /^a=rtpmap:(\d+) telephone-event\/8000/im.exec(text)?.[1];
  const direction = /^a=(sendrecv|sendonly|recvonly|inactive)\r?$/m.exec(text)?.[1] as Direction | undefined;
  const eventPayload = event === undefined ? undefined : Number(event);
  return { host, port: Number(media[1]), codecs, eventPayload, direction: direction ?? "sendrecv" };
}

/** The answer of a phone to an offer: the first codec of the offer that it knows, the offer's number for events, the direction mirrored. */
export function answerOffer(offer: Description, own: Description): Description | undefined {
  const codec = offer.codecs.find((name) => own.codecs.includes(name));
  if (codec === undefined) return undefined;
  const eventPayload = own.eventPayload === undefined ? undefined : offer.eventPayload;
  return { ...own, codecs: [codec], eventPayload, direction: narrower(own.direction, MIRRORED[offer.direction]) };
}

function narrower(left: Direction, right: Direction): Direction {
  const sends = maySend(left) && maySend(right);
  const receives = mayReceive(left) && mayReceive(right);
  if (sends) return receives ? "sendrecv" : "sendonly";
  return receives ? "recvonly" : "inactive";
}

function maySend(direction: Direction): boolean {
  return direction === "sendrecv" || direction === "sendonly";
}

function mayReceive(direction: Direction): boolean {
  return direction === "sendrecv" || direction === "recvonly";
}

/** How a phone talks after its own and the other's description; undefined without a codec of both. */
export function agreedSound(own: Description, other: Description): AgreedSound | undefined {
  const codec = other.codecs.find((name) => own.codecs.includes(name));
  if (codec === undefined) return undefined;
  const isHeldOldWay = other.host === "0.0.0.0" || own.host === "0.0.0.0";
  const sends = maySend(own.direction) && mayReceive(other.direction) && !isHeldOldWay;
  return {
    host: other.host,
    port: other.port,
    codec,
    eventPayload: own.eventPayload === undefined ? undefined : other.eventPayload,
    sends,
  };
}
