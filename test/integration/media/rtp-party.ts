import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { decode, encode, laws } from "#media/g711";
import type { AgreedMedia, Codec, MediaLeg, MediaListener } from "#media/media-engine";
import { parseRtcp, type RtcpPacket } from "#media/rtcp-packet";
import { parseRtp, writeRtpHeader, type RtpPacket } from "#media/rtp-packet";

const FRAME = 160;
const VOICE_PEAK = 8000;
export const EVENT_PAYLOAD = 101;

/** The far end of a leg: two real sockets, a voice of one frequency, and ears that tell frequencies apart. */
export class RtpParty {
  readonly digits: string[] = [];
  readonly played: boolean[] = [];
  readonly silent: number[] = [];
  heardTimes = 0;
  readonly packets: RtpPacket[] = [];
  readonly reports: RtcpPacket[] = [];
  readonly listener: MediaListener = {
    onDigit: (digit) => this.digits.push(digit),
    onPlayed: (isWhole) => this.played.push(isWhole),
    onHeard: () => this.heardTimes++,
    onSilent: (seconds) => this.silent.push(seconds),
  };
  readonly rtp: Socket;
  readonly rtcp: Socket;
  readonly ssrc: number;
  readonly codec: Codec;
  readonly host: string;
  #sequence = 65530;
  #timestamp = 2 ** 32 - 320;
  #sample = 0;
  #talk: NodeJS.Timeout | undefined;

  private constructor(rtp: Socket, rtcp: Socket, host: string, codec: Codec) {
    this.rtp = rtp;
    this.rtcp = rtcp;
    this.host = host;
    this.codec = codec;
    this.ssrc = rtp.address().port;
    rtp.on("message", (data: Buffer) => {
      const packet = parseRtp(Buffer.from(data));
      if (packet !== undefined) this.packets.push(packet);
    });
    rtcp.on("message", (data: Buffer, _from: RemoteInfo) => this.reports.push(...(parseRtcp(data) ?? [])));
  }

  static async open(codec: Codec = "PCMU", host = "127.0.0.1"): Promise<RtpParty> {
    const [rtp, rtcp] = await Promise.all([bound(host), bound(host)]);
    return new RtpParty(rtp, rtcp, host, codec);
  }

  get port(): number {
    return this.rtp.address().port;
  }

  agreed(changes: Partial<AgreedMedia> = {}): AgreedMedia {
    const remote = { host: this.host, port: this.port, rtcpPort: this.rtcp.address().port };
    return { remote, codec: this.codec, eventPayload: EVENT_PAYLOAD, sends: true, receives: true, ...changes };
  }

  /** 20 ms of these frequencies. */
  speak(leg: { host: string; port: number }, ...frequencies: number[]): void {
    const samples = new Int16Array(FRAME);
    for (let at = 0; at < FRAME; at++) {
      const angle = (2 * Math.PI * (this.#sample + at)) / 8000;
      samples[at] = frequencies.reduce((sum, frequency) => sum + VOICE_PEAK * Math.sin(frequency * angle), 0);
    }
    this.#sample += FRAME;
    const packet = Buffer.alloc(12 + FRAME);
    encode(laws[this.codec], samples, packet, 12);
    this.#head(packet, laws[this.codec].payload);
    this.#timestamp = (this.#timestamp + FRAME) % 2 ** 32;
    this.rtp.send(packet, leg.port, leg.host);
  }

  /** Talks until it is told something else. */
  talk(leg: MediaLeg, ...frequencies: number[]): void {
    this.hush();
    const startMs = performance.now();
    let sent = 0;
    this.#talk = setInterval(() => {
      for (; sent * 20 <= performance.now() - startMs; sent++) this.speak(leg, ...frequencies);
    }, 10);
  }

  hush(): void {
    clearInterval(this.#talk);
  }

  /** One packet of a telephone event. */
  event(leg: MediaLeg, event: number, duration: number, isEnd: boolean): void {
    const packet = Buffer.alloc(16);
    this.#head(packet, EVENT_PAYLOAD);
    packet[12] = event;
    packet[13] = (isEnd ? 0x80 : 0) | 10;
    packet.writeUInt16BE(duration, 14);
    this.rtp.send(packet, leg.port, leg.host);
  }

  #head(packet: Buffer, payloadType: number): void {
    const sequence = (this.#sequence = (this.#sequence + 1) & 0xffff);
    writeRtpHeader(packet, { marker: false, payloadType, sequence, timestamp: this.#timestamp, ssrc: this.ssrc });
  }

  /** An event is over: the next one has another timestamp. */
  pass(samples: number): void {
    this.#timestamp = (this.#timestamp + samples) % 2 ** 32;
  }

  /** What it heard from this packet on, as samples. */
  audio(from = 0): Int16Array {
    const law = laws[this.codec];
    const parts = this.packets.slice(from).filter(({ payloadType }) => payloadType === law.payload);
    return Int16Array.from(parts.flatMap(({ payload }) => [...decode(law, payload)]));
  }

  /** Waits for some more packets and tells how loud (peak) each frequency is in the later half of them. */
  async hears(frequencies: readonly number[], packets = 40): Promise<number[]> {
    const from = this.packets.length;
    await eventuallyTrue(() => this.packets.length >= from + packets);
    const samples = this.audio(from + packets / 2);
    return frequencies.map((frequency) => loudness(samples, frequency));
  }

  /** Agreed without telephone events: digits are tones. */
  withoutEvents(): AgreedMedia {
    const { remote, codec, sends, receives } = this.agreed();
    return { remote, codec, sends, receives };
  }

  readonly stop = (): Promise<void> => {
    this.hush();
    this.rtp.close();
    this.rtcp.close();
    return Promise.resolve();
  };
}

async function bound(host: string): Promise<Socket> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  socket.bind(0, host);
  await once(socket, "listening");
  return socket;
}

/** Peak of a frequency in samples (Goertzel, on whole periods of 10 Hz). */
export function loudness(samples: Int16Array, frequency: number): number {
  const count = Math.floor(samples.length / 800) * 800;
  const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / 8000);
  let one = 0;
  let two = 0;
  for (let at = 0; at < count; at++) [one, two] = [(samples[at] ?? 0) + coefficient * one - two, one];
  return count === 0 ? 0 : (2 * Math.sqrt(Math.max(0, one * one + two * two - coefficient * one * two))) / count;
}

export async function eventuallyTrue(condition: () => boolean, limitMs = 8000): Promise<void> {
  const giveUp = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > giveUp) throw new Error(`did not come true in ${limitMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
