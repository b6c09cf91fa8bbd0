import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { quietLog } from "#base/log";
import type { Flow } from "#sip/transport/flow";
import { DEFAULT_CONNECTION_LIMITS } from "#sip/transport/connections";
import { HALF_MESSAGE_MAX_MS } from "#sip/transport/stream-flow";
import { BadListener, Transports } from "#sip/transport/transports";
import { eventually } from "#test/support/eventually";
import { FakeClock } from "#test/support/fake-clock";

const MESSAGE = "OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n";

describe("transports", () => {
  const clock = new FakeClock();
  let transports: Transports;
  let heard: { readonly text: string; readonly flow: Flow }[];
  let waiting: (() => void) | undefined;
  let peers: Socket[];

  beforeEach(() => {
    heard = [];
    peers = [];
    transports = new Transports({
      clock,
      log: quietLog,
      onMessage: (text, flow) => {
        heard.push({ text, flow });
        waiting?.();
      },
      onClosed: () => {
        waiting?.();
      },
    });
  });

  afterEach(async () => {
    for (const peer of peers) peer.close();
    await transports.stop();
    assert.equal(clock.pending, 0, "a deadline outlives its connection");
  });

  async function until(isDone: () => boolean): Promise<void> {
    while (!isDone()) await new Promise<void>((resolve) => (waiting = resolve));
  }

  async function udpPeer(): Promise<Socket> {
    const socket = createSocket("udp4");
    peers.push(socket);
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return socket;
  }

  it("takes any port for port 0 and says which", async () => {
    const ports = new Set<number>();
    for (const spec of ["udp:127.0.0.1:0", "udp:127.0.0.1:0", "tcp:127.0.0.1:0"]) {
      const { port, name } = await transports.open(spec);
      assert.ok(port > 0);
      assert.equal(name, spec);
      ports.add(port);
    }
    assert.ok(ports.size >= 2);
    assert.equal(transports.listeners.length, 3);
  });

  it("says in a sentence what to write instead of a spec that is none", async () => {
    const specs = [
      "",
      "udp",
      "udp:",
      "udp:127.0.0.1",
      "127.0.0.1:5060",
      "udp:127.0.0.1:",
      "udp:127.0.0.1:x",
      "udp:127.0.0.1:65536",
    ];
    for (const spec of [
      ...specs,
      "udp:::1:5060",
      "tls:127.0.0.1",
      "UDP:127.0.0.1:0",
      "constructor:127.0.0.1:0",
      "__proto__:a:0",
    ]) {
      await assert.rejects(transports.open(spec), (error) => {
        assert.ok(error instanceof BadListener, `${spec}: ${String(error)}`);
        assert.equal(error.code, "bad-listener");
        assert.equal(
          error.message,
          `--sip ${spec}: write TRANSPORT:HOST:PORT with udp, tcp, tls, ws or wss, for example udp:0.0.0.0:5060`,
        );
        return true;
      });
    }
    assert.deepEqual(transports.listeners, []);
  });

  it("says in a sentence why a port or an address cannot be had", async () => {
    for (const name of ["udp", "tcp"]) {
      const { port } = await transports.open(`${name}:127.0.0.1:0`);
      await assert.rejects(transports.open(`${name}:127.0.0.1:${port}`), {
        message: `--sip ${name}:127.0.0.1:${port}: the port is in use: stop the other program, or give another port`,
      });
      await assert.rejects(transports.open(`${name}:192.0.2.77:5060`), {
        message: `--sip ${name}:192.0.2.77:5060: this machine has no such address`,
      });
    }
    await assert.rejects(transports.open("udp:pbx.example:5060"), {
      message: "--sip udp:pbx.example:5060: give an address of this machine instead of a name",
    });
    assert.equal(transports.listeners.length, 2);
  });

  it("drops UDP keep-alives without a word and takes what is one byte longer (S-16)", async () => {
    const { port } = await transports.open("udp:127.0.0.1:0");
    const peer = await udpPeer();
    for (const noise of ["", "\r\n", "\r\n\r\n", "\0\0\0\0", "\0", "jaK", "12345"]) peer.send(noise, port, "127.0.0.1");
    await until(() => heard.length > 0);
    assert.deepEqual(
      heard.map(({ text }) => text),
      ["12345"],
    );
  });

  it("takes a datagram of the largest size (S-8)", async () => {
    const { port } = await transports.open("udp:127.0.0.1:0");
    const peer = await udpPeer();
    peer.send(Buffer.alloc(65_507, "x"), port, "127.0.0.1");
    await until(() => heard.length > 0);
    assert.equal(heard[0]?.text.length, 65_507);
  });

  it("lives on when a datagram of its own is too large to leave", async () => {
    const { port } = await transports.open("udp:127.0.0.1:0");
    const peer = await udpPeer();
    peer.send(MESSAGE, port, "127.0.0.1");
    await until(() => heard.length === 1);
    heard[0]?.flow.send("x".repeat(70_000));
    heard[0]?.flow.send("y");
    const [answer] = (await once(peer, "message")) as [Buffer];
    assert.equal(answer.toString(), "y");
  });

  it("finds a UDP peer again by any record, also when its listener is gone", async () => {
    const { port } = await transports.open("udp:127.0.0.1:0");
    const peer = await udpPeer();
    const record = {
      transport: "udp",
      listener: "udp:10.9.8.7:5060",
      host: "127.0.0.1",
      port: peer.address().port,
      key: "k",
    } as const;
    const flow = transports.find(record);
    assert.equal(flow?.key, `udp:127.0.0.1:0 127.0.0.1:${record.port}`);
    assert.equal(flow.sentBy, `127.0.0.1:${port}`);
    assert.equal(flow.send(MESSAGE), true);
    await once(peer, "message");
    assert.equal(transports.find({ ...record, transport: "tcp" }), undefined);
  });

  it("speaks to IPv4 peers on a socket of both families, and writes their addresses plainly", async function () {
    // A machine may have IPv6 switched off.
    if (!Object.values(networkInterfaces()).some((all) => all?.some(({ family }) => family === "IPv6") === true)) {
      if (this.test !== undefined) this.test.title += " (skipped: this machine has no IPv6)";
      this.skip();
    }
    const { port } = await transports.open("udp:[::]:0");
    const peer = await udpPeer();
    peer.send(MESSAGE, port, "127.0.0.1");
    await until(() => heard.length === 1);
    const { flow } = heard[0]!;
    assert.equal(flow.key, `udp:[::]:0 127.0.0.1:${peer.address().port}`);
    assert.equal(flow.sentBy, `127.0.0.1:${port}`);
    const found = transports.find(transports.record(flow));
    assert.equal(found?.key, flow.key);
    for (const way of [flow, found]) {
      assert.equal(way.send(MESSAGE), true);
      await once(peer, "message");
    }
  });

  describe("of a stream", () => {
    async function talk(
      text: string,
    ): Promise<{ readonly closed: Promise<unknown>; readonly read: () => string; readonly write: (text: string) => void }> {
      const { port } = await transports.open("tcp:127.0.0.1:0");
      const socket = connect(port, "127.0.0.1");
      let read = "";
      socket.setEncoding("latin1");
      socket.on("data", (data) => (read += String(data)));
      const closed = once(socket, "close");
      await once(socket, "connect");
      socket.write(text, "latin1");
      return { closed, read: () => read, write: (more) => socket.write(more, "latin1") };
    }

    it("closes a connection on which a message stays half for 10 s (S-14)", async () => {
      const peer = await talk(MESSAGE + MESSAGE.slice(0, 20));
      await until(() => heard.length === 1);
      clock.advance(HALF_MESSAGE_MAX_MS - 1);
      peer.write(MESSAGE.slice(20));
      await until(() => heard.length === 2);
      clock.advance(2);
      peer.write(MESSAGE + MESSAGE.slice(0, 5));
      await until(() => heard.length === 3);
      clock.advance(HALF_MESSAGE_MAX_MS);
      await peer.closed;
    });

    it("closes a connection that brings no message in 120 s (§7.2)", async () => {
      const peer = await talk("\r\n\r\n");
      await eventually(() => {
        assert.notEqual(peer.read(), "");
      });
      assert.equal(peer.read(), "\r\n");
      clock.advance(DEFAULT_CONNECTION_LIMITS.silentMs);
      await peer.closed;
    });

    it("keeps a connection that brought a message, however long it is silent after it (S-13)", async () => {
      const peer = await talk(MESSAGE);
      await until(() => heard.length === 1);
      assert.equal(clock.pending, 0, "no deadline runs");
      clock.advance(10 * DEFAULT_CONNECTION_LIMITS.silentMs);
      heard[0]?.flow.send(MESSAGE);
      peer.write(MESSAGE);
      await until(() => heard.length === 2);
      assert.equal(heard[0]?.flow, heard[1]?.flow);
    });

    it("answers 400 to a bad length and hangs up; nothing after it is heard (S-14)", async () => {
      const head = "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n";
      const peer = await talk(`${head}Content-Length: x\r\n\r\n${MESSAGE}`);
      await peer.closed;
      assert.match(
        peer.read(),
        /^SIP\/2\.0 400 Missing or bad Content-Length\r\nVia: SIP\/2\.0\/TCP 127\.0\.0\.1;branch=z9hG4bK1\r\n/,
      );
      assert.deepEqual(heard, []);
    });

    it("hangs up without a word on what cannot be answered", async () => {
      for (const head of [
        "GET / HTTP/1.1\r\n\r\n",
        "ACK sip:a SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\n\r\n",
        "SIP/2.0 200 OK\r\n\r\n",
      ]) {
        const peer = await talk(head);
        await peer.closed;
        assert.equal(peer.read(), "");
      }
    });
  });
});
