import { createSocket, type Socket } from "node:dgram";

const HOST = "127.0.0.1";
const BUFFER_BYTES = 32 * 1024 * 1024;
const FRAME_MS = 20;
const FRAME_BYTES = 160;
const HEADER_BYTES = 12;
/** PCMU that is no silence. */
const LOUD = 0x2a;
/** How often we look which packets are due: what one look sends is one burst. */
const LOOK_EVERY_MS = 1;

interface Stream {
  readonly toPort: number;
  readonly packet: Buffer;
}

/**
 * Sound of many parties from one socket: 50 packets a second to the port of each. Their turns are spread over the 20 ms, as those of phones are;
 * what is late is made up for.
 */
export class RtpLoad {
  readonly #socket: Socket;
  readonly #streams: Stream[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Turns of single streams that are done. */
  #turn = 0;
  sent = 0;
  received = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", () => {
      this.received += 1;
    });
  }

  static async open(): Promise<RtpLoad> {
    const socket = createSocket({ type: "udp4", lookup: noLookup, recvBufferSize: BUFFER_BYTES });
    await new Promise<void>((resolve) => {
      socket.bind(0, HOST, resolve);
    });
    return new RtpLoad(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get streams(): number {
    return this.#streams.length;
  }

  /** One party more; before `start`. */
  add(toPort: number): void {
    const packet = Buffer.alloc(HEADER_BYTES + FRAME_BYTES, LOUD);
    packet.writeUInt16BE(0x8000, 0);
    packet.writeUInt16BE(0, 2);
    packet.writeUInt32BE(0, 4);
    packet.writeUInt32BE(this.#streams.length + 1, 8);
    this.#streams.push({ toPort, packet });
  }

  start(): void {
    const since = performance.now();
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - since) * this.#streams.length) / FRAME_MS);
      for (; this.#turn < due; this.#turn += 1) this.#send(this.#streams[this.#turn % this.#streams.length]);
    }, LOOK_EVERY_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }

  #send(stream: Stream | undefined): void {
    if (stream === undefined) return;
    const { packet, toPort } = stream;
    packet.writeUInt16BE((packet.readUInt16BE(2) + 1) & 0xffff, 2);
    packet.writeUInt32BE((packet.readUInt32BE(4) + FRAME_BYTES) >>> 0, 4);
    this.#socket.send(packet, toPort, HOST);
    this.sent += 1;
  }
}

function noLookup(host: string, _options: unknown, done: (error: null, address: string, family: number) => void): void {
  done(null, host, 4);
}
