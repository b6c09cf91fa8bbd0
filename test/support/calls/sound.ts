import { createSocket, type Socket } from "node:dgram";
import { Bell } from "../bell.ts";
import { levelOf, RATE } from "./wave.ts";
import { decodeByte, encodeSample, PAYLOADS, type Codec } from "./g711.ts";

/** Where sound goes and how, after offer and answer. */
export interface AgreedSound {
  readonly host: string;
  readonly port: number;
  readonly codec: Codec;
  /** Payload number of RFC 4733 events. */
  readonly eventPayload: number | undefined;
  readonly sends: boolean;
}

const PACKET_MS = 20;
const PACKET_SAMPLES = (RATE * PACKET_MS) / 1000;
const WINDOW_MS = 200;
const WINDOW_SAMPLES = (RATE * WINDOW_MS) / 1000;
const VOICE_LEVEL = 6000;
/** A tone counts from this amplitude on. */
const HEARD_LEVEL = 400;
/** Root of the mean square below which there is silence. */
const SILENT_LEVEL = 60;
const HEADER_BYTES = 12;
const EVENT_BYTES = 4;
const VERSION_BITS = 0x80;
const MARKER = 0x80;
const PAYLOAD_MASK = 0x7f;
const END = 0x80;
const EVENT_LEVEL = 10;
const EVENT_PACKETS = 5;
const EVENT_ENDS = 3;
const KEYS = "0123456789*#ABCD";
const WAIT_MS = 5000;
const TWO_TO_16 = 0x1_0000;

/** Ear and mouth of a test phone: an RTP socket that sends one sine, or silence, every 20 ms and measures what it hears. */
export class Sound {
  /** Frequency of what it says; undefined = silence. */
  voice: number | undefined;
  /** RFC 4733 digits heard, each once. */
  digits = "";
  packets = 0;
  readonly #socket: Socket;
  readonly #host: string;
  readonly #bell = new Bell();
  readonly #heard: { readonly at: number; readonly samples: number[] }[] = [];
  readonly #queue: Buffer[] = [];
  readonly #ssrc = Math.floor(Math.random() * 0xff_ff_ff_ff);
  #agreed: AgreedSound | undefined;
  #sequence = Math.floor(Math.random() * TWO_TO_16);
  #timestamp = 0;
  #digitStamp: number | undefined;
  #eventStamp = 0;
  #startedAt = performance.now();
  #ticks = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(socket: Socket, host: string, voice: number | undefined) {
    this.#socket = socket;
    this.#host = host;
    this.voice = voice;
    socket.on("message", (packet) => {
      this.#hear(packet);
    });
  }

  static async open(host: string, voice?: number): Promise<Sound> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => {
      socket.bind(0, host, resolve);
    });
    return new Sound(socket, host, voice);
  }

  get host(): string {
    return this.#host;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Port that it sends to; undefined = to nobody yet. */
  get target(): number | undefined {
    return this.#agreed?.port;
  }

  /** Talks like this from now on. */
  agree(agreed: AgreedSound): void {
    this.#agreed = agreed;
    if (this.#timer !== undefined) return;
    this.#startedAt = performance.now();
    this.#ticks = 0;
    this.#timer = setInterval(() => {
      this.#speak();
    }, PACKET_MS / 2);
  }

  /** Presses keys: RFC 4733, one after the other. */
  press(keys: string): void {
    for (const key of keys) this.#enqueue(KEYS.indexOf(key.toUpperCase()));
  }

  /** Does the last fifth of a second hold this frequency? */
  hears(frequency: number): boolean {
    return this.level(frequency) > HEARD_LEVEL;
  }

  /** Amplitude of a frequency in the last fifth of a second, by Goertzel's filter. */
  level(frequency: number): number {
    const samples = this.#window();
    return samples.length < WINDOW_SAMPLES / 2 ? 0 : levelOf(frequency, samples);
  }

  get isSilent(): boolean {
    const samples = this.#window();
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0);
    return samples.length === 0 || Math.sqrt(power / samples.length) < SILENT_LEVEL;
  }

  /** Resolves when all of these are heard at once. */
  untilHears(frequencies: readonly number[], timeoutMs = WAIT_MS): Promise<void> {
    return this.#until(
      () => frequencies.every((frequency) => this.hears(frequency)),
      `hear ${frequencies.join("+")} Hz`,
      timeoutMs,
    );
  }

  untilSilent(timeoutMs = WAIT_MS): Promise<void> {
    return this.#until(() => this.isSilent, "hear silence", timeoutMs);
  }

  /** Resolves when these digits have been heard, since the beginning. */
  untilDigits(digits: string, timeoutMs = WAIT_MS): Promise<void> {
    return this.#until(() => this.digits === digits, `hear the digits ${digits}`, timeoutMs);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await new Promise<void>((resolve) => {
      this.#socket.close(resolve);
    });
  }

  async #until(isTrue: () => boolean, what: string, timeoutMs: number): Promise<void> {
    // Silence comes without a packet.
    const looking = setInterval(() => {
      this.#bell.ring();
    }, PACKET_MS);
    const isReached = await this.#bell.until(() => (isTrue() ? true : undefined), timeoutMs);
    clearInterval(looking);
    if (isReached === undefined)
      throw new Error(`did not ${what} within ${timeoutMs} ms (${this.packets} packets, digits "${this.digits}")`);
  }

  #window(): number[] {
    const from = performance.now() - WINDOW_MS;
    while (this.#heard[0] !== undefined && this.#heard[0].at < from) this.#heard.shift();
    return this.#heard.flatMap(({ samples }) => samples);
  }

  #hear(packet: Buffer): void {
    const agreed = this.#agreed;
    if (agreed === undefined || packet.length <= HEADER_BYTES) return;
    const payload = packet.readUInt8(1) & PAYLOAD_MASK;
    const body = packet.subarray(HEADER_BYTES);
    if (payload === agreed.eventPayload) this.#hearDigit(packet.readUInt32BE(4), body);
    const codec = (["PCMU", "PCMA"] as const).find((name) => PAYLOADS[name] === payload);
    if (codec !== undefined) {
      this.packets += 1;
      this.#window();
      this.#heard.push({ at: performance.now(), samples: [...body].map((byte) => decodeByte(codec, byte)) });
    }
    this.#bell.ring();
  }

  #hearDigit(timestamp: number, body: Buffer): void {
    if (body.length < EVENT_BYTES || timestamp === this.#digitStamp) return;
    this.#digitStamp = timestamp;
    this.digits += KEYS[body.readUInt8(0)] ?? "?";
  }

  /** Sends what is due: timers are late, the voice is not. */
  #speak(): void {
    const due = Math.floor((performance.now() - this.#startedAt) / PACKET_MS);
    for (; this.#ticks < due; this.#ticks += 1) this.#sendPacket();
  }

  #sendPacket(): void {
    const agreed = this.#agreed;
    this.#timestamp += PACKET_SAMPLES;
    if (agreed?.sends !== true) return;
    const event = this.#queue.shift();
    if (event === undefined) this.#send(PAYLOADS[agreed.codec], this.#timestamp, this.#samples(agreed.codec));
    else this.#sendEvent(agreed, event);
  }

  #sendEvent({ eventPayload }: AgreedSound, event: Buffer): void {
    if (eventPayload === undefined) return;
    const isFirst = event.readUInt16BE(2) === PACKET_SAMPLES;
    if (isFirst) this.#eventStamp = this.#timestamp;
    this.#send(eventPayload | (isFirst ? MARKER : 0), this.#eventStamp, event);
  }

  #send(payload: number, timestamp: number, body: Buffer): void {
    const agreed = this.#agreed;
    if (agreed === undefined) return;
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt8(VERSION_BITS, 0);
    header.writeUInt8(payload, 1);
    this.#sequence = (this.#sequence + 1) % TWO_TO_16;
    header.writeUInt16BE(this.#sequence, 2);
    header.writeUInt32BE(timestamp, 4);
    header.writeUInt32BE(this.#ssrc, 8);
    this.#socket.send(Buffer.concat([header, body]), agreed.port, agreed.host);
  }

  #samples(codec: Codec): Buffer {
    const step = (2 * Math.PI * (this.voice ?? 0)) / RATE;
    const first = this.#timestamp - PACKET_SAMPLES;
    return Buffer.from(
      Array.from({ length: PACKET_SAMPLES }, (_, index) =>
        encodeSample(codec, Math.round(VOICE_LEVEL * Math.sin(step * (first + index)))),
      ),
    );
  }

  #enqueue(event: number): void {
    if (event < 0) throw new Error("no key of a telephone");
    for (let index = 1; index <= EVENT_PACKETS + EVENT_ENDS - 1; index += 1) {
      const body = Buffer.alloc(EVENT_BYTES);
      body.writeUInt8(event, 0);
      body.writeUInt8((index >= EVENT_PACKETS ? END : 0) | EVENT_LEVEL, 1);
      body.writeUInt16BE(Math.min(index, EVENT_PACKETS) * PACKET_SAMPLES, 2);
      this.#queue.push(body);
    }
  }
}
