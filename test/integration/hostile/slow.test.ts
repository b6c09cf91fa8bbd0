import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "#test/support/eventually";
import { freePort } from "#test/support/free-port";
import { ServerUnderTest } from "#test/support/server";
import { request, statusOf, tcpWire, wsWire, type Wire } from "#test/support/wire";

/*
 * Peers that take their time (slowloris): they hold connections, say a byte now and then, never come to an end, never read. Each is closed after
 * its time, no more are held than the limits say, and a phone beside them is served all the while. Each attacker is at an address of its own:
 *
 *   127.0.0.21  TCP    nothing                      idleSeconds
 *   127.0.0.22  TCP    half a header, byte by byte  ten seconds a message
 *   127.0.0.23  TCP    half a body                  the same
 *   127.0.0.24  TLS    half a handshake             ten seconds
 *   127.0.0.25  HTTP   half a header                ten seconds
 *   127.0.0.26  HTTP   half an upload               half a minute (not waited for: it is bounded by count here)
 *   127.0.0.27  ws     no message                   idleSeconds
 *   127.0.0.28  TCP    reads nothing                a megabyte
 *   127.0.0.29  HTTP   reads nothing, says a byte   idleSeconds
 */
const PER_SOURCE = 20;
const HTTP_PER_SOURCE = 30;
const IDLE_SECONDS = 4;
const TRICKLE_MS = 300;
/** The longest of ours is ten seconds, looked at every two; the rest is a busy machine. */
const CLOSED_MAX_MS = 22_000;
const REFUSED_MAX_MS = 5000;
/** A connection that is not refused lives longer. */
const BORNE_MS = 500;
const ANSWER_MAX_MS = 3000;

describe("a server with peers that take their time", function () {
  this.timeout(60_000);
  let server: ServerUnderTest;
  let site: string;
  let tlsPort: number;
  let upload: string;
  const attackers: Attacker[] = [];

  before(async () => {
    site = await mkdtemp(join(tmpdir(), "lamplighter-site-"));
    await cp("test/fixtures/sites/alternate", site, { recursive: true });
    const limits = `connectionsPerSource: ${PER_SOURCE}, httpConnectionsPerSource: ${HTTP_PER_SOURCE}, idleSeconds: ${IDLE_SECONDS}`;
    await writeFile(join(site, "site.yaml"), `limits: { ${limits} }\n`);
    tlsPort = await freePort();
    server = await ServerUnderTest.start({ site, args: ["--sip", `tls:127.0.0.1:${tlsPort}`] });
    upload = new URL(await server.provisioningUrl("0000ffff0005")).pathname;
  });

  afterEach(() => {
    for (const attacker of attackers.splice(0)) attacker.end();
  });

  after(async () => {
    await server.stop();
    await rm(site, { recursive: true, force: true });
  });

  /** Twice as many connections as one address may have. */
  const attack = (address: string, port: number, count: number, begin: string, trickle = ""): Attacker => {
    const attacker = new Attacker(address, port, 2 * count, begin, trickle);
    attackers.push(attacker);
    return attacker;
  };

  it("holds as many as it may, closes each after its time, and serves others meanwhile (X-10, S-14)", async () => {
    const options = request("OPTIONS", "sip:127.0.0.1", 1, { Via: "SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKslow" });
    const half = options.slice(0, -4);
    const bodied = options.replace(/Content-Length: 0/, "Content-Length: 60000");
    const post = `PUT ${upload}0000ffff0005-app.log HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n`;
    const sip = server.sipPort;
    const http = server.httpPort;
    const closing = [
      attack("127.0.0.21", sip, PER_SOURCE, ""),
      attack("127.0.0.22", sip, PER_SOURCE, `${half}\r\nX: `, "y"),
      attack("127.0.0.23", sip, PER_SOURCE, bodied, "y"),
      attack("127.0.0.24", tlsPort, PER_SOURCE, "\x16\x03\x01\x02\x00", "\x01"),
      attack("127.0.0.25", http, HTTP_PER_SOURCE, "GET /healthz HTTP/1.1\r\nHost: a\r\nX: ", "y"),
    ];
    const lasting = attack("127.0.0.26", http, HTTP_PER_SOURCE, post, "y");
    // First the one whose connections are borne longest, but not for ever.
    await limits(lasting);
    assert.ok(lasting.open > 0 || lasting.longestMs > BORNE_MS, "nobody was there to be borne");
    for (const attacker of closing) await limits(attacker);

    const until = Date.now() + CLOSED_MAX_MS;
    while (closing.some(({ open }) => open > 0)) {
      assert.ok(Date.now() < until, closing.map(({ address, open }) => `${address}: ${open}`).join(", "));
      await serves();
      await new Promise((resolve) => setTimeout(resolve, TRICKLE_MS));
    }
    await serves();
    assert.doesNotMatch(server.output, /"level":[56]0/);
  });

  it("closes a WebSocket over which no message comes, and keeps one that speaks", async () => {
    const [silent, speaks] = [await wsWire(server.httpPort), await wsWire(server.httpPort)];
    try {
      await optionsOver(speaks);
      await silent.closed;
      await optionsOver(speaks);
    } finally {
      await silent.close();
      await speaks.close();
    }
  });

  it("hangs up on a browser that asks and never reads", async () => {
    const ask = `GET /api/v1/openapi.json HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${await server.token()}\r\n\r\n`;
    const attacker = attack("127.0.0.29", server.httpPort, 1, ask.repeat(300), "\r\n");
    attacker.deaf = true;
    await eventually(() => {
      attacker.assertConnected();
      assert.equal(attacker.open, 0);
    }, CLOSED_MAX_MS);
    await serves();
  });

  it("hangs up on a phone that asks and never reads, before it costs memory (back-pressure)", async () => {
    const attacker = attack("127.0.0.28", server.sipPort, 1, "");
    attacker.deaf = true;
    const ask = request("OPTIONS", "sip:127.0.0.1", 1, { Via: `SIP/2.0/TCP 127.0.0.1;branch=$` });
    await eventually(() => {
      attacker.assertConnected();
      for (let count = 0; count < 500; count += 1) attacker.say(ask.replace("$", `z9hG4bK${(serial += 1)}`));
      assert.equal(attacker.open, 0);
    }, CLOSED_MAX_MS);
    await serves();
  });

  /** All of its connections were made, and no more than the half is kept. */
  async function limits(attacker: Attacker): Promise<void> {
    await eventually(() => {
      attacker.assertConnected();
      assert.ok(attacker.open <= attacker.count / 2, `${attacker.open} connections of ${attacker.address} are open`);
    }, REFUSED_MAX_MS);
  }

  let serial = 0;
  /** A phone, a monitor and an admin, each on a connection of its own. */
  async function serves(): Promise<void> {
    const wire = await tcpWire(server.sipPort);
    try {
      await optionsOver(wire);
    } finally {
      await wire.close();
    }
    const answer = await fetch(`${server.url}/healthz`, {
      headers: { Connection: "close" },
      signal: AbortSignal.timeout(ANSWER_MAX_MS),
    });
    assert.equal(answer.status, 200);
    await answer.text();
  }
});

async function optionsOver(wire: Wire): Promise<void> {
  wire.send(request("OPTIONS", "sip:127.0.0.1", wire.localPort).replace("SIP/2.0/UDP", "SIP/2.0/TCP"));
  assert.equal(statusOf(await wire.next((message) => message.startsWith("SIP/2.0"), ANSWER_MAX_MS)), 200);
}

/** Many connections of one address; each begins, and then says a little now and then. */
class Attacker {
  readonly address: string;
  readonly count: number;
  readonly #sockets: Socket[];
  readonly #timer: NodeJS.Timeout;
  #connected = 0;
  #longestMs = 0;
  #since = Infinity;

  constructor(address: string, port: number, count: number, begin: string, trickle: string) {
    this.address = address;
    this.count = count;
    this.#sockets = Array.from({ length: count }, () => {
      const socket = connect({ port, host: "127.0.0.1", localAddress: address });
      socket.once("connect", () => {
        this.#connected += 1;
        const since = performance.now();
        socket.once("close", () => (this.#longestMs = Math.max(this.#longestMs, performance.now() - since)));
        this.#since = Math.min(this.#since, since);
      });
      socket.on("error", () => socket.destroy());
      socket.on("data", () => undefined);
      if (begin !== "") socket.write(begin, "latin1");
      return socket;
    });
    this.#timer = setInterval(() => {
      if (trickle !== "") this.say(trickle);
    }, TRICKLE_MS);
  }

  /** All of its connections were made once: also those that the server does not keep. */
  assertConnected(): void {
    assert.equal(this.#connected, this.count, `connections of ${this.address} that were made`);
  }

  /** How long the oldest of its connections has been open, or was. */
  get longestMs(): number {
    return this.open > 0 ? performance.now() - this.#since : this.#longestMs;
  }

  /** Those being made count too. */
  get open(): number {
    return this.#sockets.filter(({ destroyed }) => !destroyed).length;
  }

  /** Reads nothing; that it was hung up on it sees when it writes. */
  set deaf(isDeaf: boolean) {
    if (isDeaf) for (const socket of this.#sockets) socket.pause();
  }

  say(text: string): void {
    for (const socket of this.#sockets) if (socket.writable) socket.write(text, "latin1");
  }

  end(): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
  }
}
