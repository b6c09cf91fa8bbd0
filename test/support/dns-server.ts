import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

/** One record: what is after its name, type and class. */
export type DnsRecord = { readonly type: "A" | "SRV" | "NAPTR"; readonly data: Buffer };

const TYPES = { A: 1, SRV: 33, NAPTR: 35 } as const;
const HEADER_BYTES = 12;

/** A name server on UDP that knows what a test tells it, and says NXDOMAIN to the rest. */
export class DnsServer {
  /** "SRV _sip._udp.example.com" → records. */
  readonly records = new Map<string, readonly DnsRecord[]>();
  readonly asked: string[] = [];
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (query, { port, address }) => {
      socket.send(this.#answer(query), port, address);
    });
  }

  static async start(): Promise<DnsServer> {
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    return new DnsServer(socket);
  }

  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  stop(): void {
    this.#socket.close();
  }

  #answer(query: Buffer): Buffer {
    const labels: string[] = [];
    let at = HEADER_BYTES;
    for (let size = query[at] ?? 0; size > 0; size = query[at] ?? 0) {
      labels.push(query.toString("latin1", at + 1, at + 1 + size));
      at += size + 1;
    }
    const typeNumber = query.readUInt16BE(at + 1);
    const type = Object.entries(TYPES).find(([, number]) => number === typeNumber)?.[0] ?? String(typeNumber);
    const question = `${type} ${labels.join(".").toLowerCase()}`;
    this.asked.push(question);
    const found = this.records.get(question) ?? [];
    const header = Buffer.from([
      query[0] ?? 0,
      query[1] ?? 0,
      0x85,
      found.length === 0 ? 0x83 : 0x80,
      0,
      1,
      0,
      found.length,
      0,
      0,
      0,
      0,
    ]);
    return Buffer.concat([header, query.subarray(HEADER_BYTES, at + 5), ...found.map(recordBytes)]);
  }
}

function recordBytes({ type, data }: DnsRecord): Buffer {
  // A pointer to the name in the question, the type, class IN, a minute.
  const head = Buffer.from([0xc0, 0x0c, 0, TYPES[type], 0, 1, 0, 0, 0, 60, 0, 0]);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

export function aRecord(address: string): DnsRecord {
  return { type: "A", data: Buffer.from(address.split(".").map(Number)) };
}

export function srvRecord(priority: number, weight: number, port: number, name: string): DnsRecord {
  const numbers = Buffer.alloc(6);
  for (const [at, number] of [priority, weight, port].entries()) numbers.writeUInt16BE(number, at * 2);
  return { type: "SRV", data: Buffer.concat([numbers, nameBytes(name)]) };
}

export function naptrRecord(order: number, service: string, replacement: string): DnsRecord {
  const texts = ["s", service, ""].map((text) => Buffer.from([text.length, ...Buffer.from(text)]));
  return { type: "NAPTR", data: Buffer.concat([Buffer.from([0, order, 0, 1]), ...texts, nameBytes(replacement)]) };
}

function nameBytes(name: string): Buffer {
  const labels = name.split(".").filter((label) => label !== "");
  return Buffer.concat([...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.from([0])]);
}
