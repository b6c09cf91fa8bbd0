import assert from "node:assert/strict";
import { once } from "node:events";
import { createSocket } from "node:dgram";
import { connect, type Socket } from "node:net";
import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import type { Flow, TransportName } from "#sip/transport/flow";
import { Transports, TRANSPORTS } from "#sip/transport/transports";

/** The far end of a transport, without any code of ours. */
interface Peer {
  readonly port: number;
  send(text: string): void;
  /** Resolves with the next bytes. */
  next(): Promise<string>;
  close(): Promise<void>;
}

async function udpPeer(port: number): Promise<Peer> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const heard = new Heard();
  socket.on("message", (data) => {
    heard.push(data.toString("latin1"));
  });
  return {
    port: socket.address().port,
    send: (text) => {
      socket.send(Buffer.from(text, "latin1"), port, "127.0.0.1");
    },
    next: () => heard.next(),
    close: async () => {
      socket.close();
      await once(socket, "close");
    },
  };
}

async function tcpPeer(port: number): Promise<Peer> {
  const socket: Socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const heard = new Heard();
  socket.setEncoding("latin1");
  socket.on("data", (data) => {
    heard.push(String(data));
  });
  socket.on("error", () => undefined);
  return {
    port: socket.localPort ?? 0,
    send: (text) => {
      socket.write(text, "latin1");
    },
    next: () => heard.next(),
    close: async () => {
      if (socket.destroyed) return;
      socket.destroy();
      await once(socket, "close");
    },
  };
}

/** What was heard and not read yet, or who waits for it. */
class Heard {
  readonly #texts: string[] = [];
  #waiting: ((text: string) => void) | undefined;

  push(text: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#texts.push(text);
    else waiting(text);
  }

  async next(): Promise<string> {
    const text = this.#texts.shift();
    if (text !== undefined) return text;
    return new Promise((resolve) => (this.#waiting = resolve));
  }
}

/** A transport joins the suite with one line: how to speak it raw. */
const PEERS: Readonly<Partial<Record<TransportName, (port: number) => Promise<Peer>>>> = { udp: udpPeer, tcp: tcpPeer };

const MESSAGE = "OPTIONS sip:a SIP/2.0\r\nX: caf\u00c3\u00a9\r\nContent-Length: 3\r\n\r\n\u00ff\u0000!";

for (const name of Object.keys(TRANSPORTS) as TransportName[]) {
  describe(`transport ${name}`, () => {
    const open = PEERS[name];
    if (open === undefined) throw new Error(`${name} has no raw peer in this suite`);
    let transports: Transports;
    let heard: { text: string; flow: Flow }[];
    let closed: Flow[];
    let waiting: (() => void) | undefined;
    let peers: Peer[];

    async function start(host = "127.0.0.1", advertise?: string): Promise<number> {
      heard = [];
      closed = [];
      peers = [];
      transports = new Transports({
        clock: systemClock,
        log: quietLog,
        ...(advertise === undefined ? {} : { advertise }),
        onMessage: (text, flow) => {
          heard.push({ text, flow });
          waiting?.();
        },
        onClosed: (flow) => {
          closed.push(flow);
          waiting?.();
        },
      });
      return (await transports.open(`${name}:${host}:0`)).port;
    }

    async function newPeer(port: number): Promise<Peer> {
      const peer = await open!(port);
      peers.push(peer);
      return peer;
    }

    async function until(isDone: () => boolean): Promise<void> {
      while (!isDone()) await new Promise<void>((resolve) => (waiting = resolve));
    }

    afterEach(async () => {
      for (const peer of peers) await peer.close();
      await transports.stop();
    });

    it("delivers a message byte for byte and tells where it came from", async () => {
      const peer = await newPeer(await start());
      peer.send(MESSAGE);
      await until(() => heard.length === 1);
      const { text, flow } = heard[0]!;
      assert.equal(text, MESSAGE);
      assert.equal(flow.transport, name);
      assert.equal(flow.reliable, name !== "udp");
      assert.deepEqual([flow.remoteHost, flow.remotePort], ["127.0.0.1", peer.port]);
    });

    it("sends back to where a message came from, byte for byte", async () => {
      const peer = await newPeer(await start());
      peer.send(MESSAGE);
      await until(() => heard.length === 1);
      assert.equal(heard[0]!.flow.send(MESSAGE), true);
      assert.equal(await peer.next(), MESSAGE);
    });

    it("gives equal keys to messages of one flow and different ones to different flows", async () => {
      const port = await start();
      const [one, other] = [await newPeer(port), await newPeer(port)];
      one.send(MESSAGE);
      await until(() => heard.length === 1);
      one.send(MESSAGE);
      await until(() => heard.length === 2);
      other.send(MESSAGE);
      await until(() => heard.length === 3);
      const keys = heard.map(({ flow }) => flow.key);
      assert.equal(keys[0], keys[1]);
      assert.notEqual(keys[0], keys[2]);
    });

    it("finds a live flow by its record", async () => {
      const peer = await newPeer(await start());
      peer.send(MESSAGE);
      await until(() => heard.length === 1);
      const record = transports.record(heard[0]!.flow);
      assert.equal(record.listener, `${name}:127.0.0.1:0`);
      const found = transports.find(JSON.parse(JSON.stringify(record)) as typeof record);
      assert.equal(found?.key, heard[0]!.flow.key);
      found.send("PING");
      assert.equal(await peer.next(), "PING");
    });

    it("finds no stream of another run, and any UDP peer again", async () => {
      const port = await start();
      const record = { transport: name, listener: `${name}:gone:5060`, host: "127.0.0.1", port, key: "gone" } as const;
      assert.equal(transports.find(record) !== undefined, name === "udp");
    });

    it("says in sent-by the bound address, and with a wildcard the one that the peer reaches", async () => {
      for (const host of ["127.0.0.1", "0.0.0.0"]) {
        const port = await start(host);
        const peer = await newPeer(port);
        peer.send(MESSAGE);
        await until(() => heard.length === 1);
        assert.equal(heard[0]!.flow.sentBy, `127.0.0.1:${port}`);
        if (host === "127.0.0.1") {
          await peer.close();
          peers = [];
          await transports.stop();
        }
      }
    });

    it("says in sent-by what --advertise says", async () => {
      const port = await start("0.0.0.0", "pbx.example.com");
      const peer = await newPeer(port);
      peer.send(MESSAGE);
      await until(() => heard.length === 1);
      assert.equal(heard[0]!.flow.sentBy, `pbx.example.com:${port}`);
    });

    it("drops keep-alives without delivering anything", async () => {
      const peer = await newPeer(await start());
      for (const noise of name === "udp" ? ["", "\r\n", "\r\n\r\n", "\0\0\0\0"] : ["\r\n", "\r\n\r\n"]) peer.send(noise);
      peer.send(MESSAGE);
      await until(() => heard.length === 1);
      assert.equal(heard[0]!.text, MESSAGE);
    });

    it("leaves nothing when it is stopped, and refuses to send", async () => {
      const peer = await newPeer(await start("0.0.0.0"));
      peer.send(MESSAGE);
      await until(() => heard.length === 1);
      const { flow } = heard[0]!;
      assert.ok(flow.sentBy.startsWith("127.0.0.1:"));
      await transports.stop();
      await transports.stop();
      assert.equal(flow.send(MESSAGE), false);
      assert.deepEqual(closed, []);
    });

    it("says what is wrong with a spec that cannot be opened", async () => {
      const port = await start();
      await assert.rejects(transports.open(`${name}:127.0.0.1:${port}`), /the port is in use/);
      await assert.rejects(transports.open(`${name}:127.0.0.1`), /write TRANSPORT:HOST:PORT/);
      await assert.rejects(transports.open("pigeon:127.0.0.1:5060"), /write TRANSPORT:HOST:PORT/);
      await assert.rejects(transports.open(`${name}:192.0.2.77:5060`), /no such address/);
    });

    if (name !== "udp") {
      it("tells once that a connection is gone", async () => {
        const peer = await newPeer(await start());
        peer.send(MESSAGE);
        await until(() => heard.length === 1);
        await peer.close();
        await until(() => closed.length === 1);
        const { flow } = heard[0]!;
        assert.equal(closed[0], flow);
        assert.equal(flow.closed, true);
        assert.equal(flow.send(MESSAGE), false);
        assert.equal(transports.find(transports.record(flow)), undefined);
      });
    }
  });
}
