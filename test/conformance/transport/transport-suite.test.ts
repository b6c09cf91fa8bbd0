import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import type { Clock } from "#base/clock";
import { quietLog } from "#base/log";
import { SeededRandom } from "#test/support/seeded-random";
import { systemClock } from "#base/system-clock";
import { DEFAULT_CONNECTION_LIMITS } from "#sip/transport/connections";
import type { Flow, TransportName } from "#sip/transport/flow";
import { BODY_MAX_BYTES, HEADERS_MAX_BYTES } from "#sip/transport/stream-framing";
import { Transports, TRANSPORTS } from "#sip/transport/transports";
import { FakeClock } from "#test/support/fake-clock";
import { testIdentity } from "#test/support/test-certificate";
import { PEERS, type Peer } from "./raw-peers.ts";

const CONNECTIONS_PER_SOURCE_MAX = DEFAULT_CONNECTION_LIMITS.perSource;

const MESSAGE = "OPTIONS sip:a SIP/2.0\r\nX: caf\u00c3\u00a9\r\nContent-Length: 3\r\n\r\n\u00ff\u0000!";

for (const name of Object.keys(TRANSPORTS) as TransportName[]) {
  describe(`transport ${name}`, () => {
    const open = PEERS[name];
    let transports: Transports;
    let heard: { text: string; flow: Flow }[];
    let closed: Flow[];
    let waiting: (() => void) | undefined;
    let peers: Peer[];

    async function start(host = "127.0.0.1", advertise?: string, clock: Clock = systemClock): Promise<number> {
      heard = [];
      closed = [];
      peers = [];
      transports = new Transports({
        clock,
        log: quietLog,
        tls: await testIdentity(),
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

    async function newPeer(port: number, host = "127.0.0.1"): Promise<Peer> {
      const peer = await open(port, host);
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

    it("speaks IPv6", async function () {
      if (!Object.values(networkInterfaces()).some((all) => all?.some(({ family }) => family === "IPv6") === true)) {
        if (this.test !== undefined) this.test.title += " (skipped: this machine has no IPv6)";
        this.skip();
      }
      const port = await start("[::1]");
      const peer = await newPeer(port, "::1");
      peer.send(MESSAGE);
      await until(() => heard.length === 1);
      const { flow } = heard[0]!;
      assert.deepEqual([flow.remoteHost, flow.remotePort, flow.sentBy], ["::1", peer.port, `[::1]:${port}`]);
      assert.equal(flow.key.startsWith(`${name}:[::1]:0 [::1]:${peer.port}`), true);
      assert.equal(transports.find(transports.record(flow))?.send(MESSAGE), true);
      assert.equal(await peer.next(), MESSAGE);
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

      it("cuts nothing and joins nothing, however much comes at once", async () => {
        const peer = await newPeer(await start());
        const sent = Array.from({ length: 200 }, (_value, at) => MESSAGE.replace("sip:a", `sip:${at}`));
        for (const text of sent) peer.send(text);
        await until(() => heard.length === sent.length);
        assert.deepEqual(
          heard.map(({ text }) => text),
          sent,
        );
      });

      it("answers a double CRLF with a single one (S-16, RFC 5626 §4.4.1)", async () => {
        const peer = await newPeer(await start());
        peer.send("\r\n\r\n");
        assert.equal(await peer.next(), "\r\n");
      });

      it(`takes ${CONNECTIONS_PER_SOURCE_MAX} connections of one source, and one more when one has gone (§7.2)`, async () => {
        const port = await start();
        for (let count = 0; count < CONNECTIONS_PER_SOURCE_MAX; count += 1) await newPeer(port);
        for (const peer of peers) peer.send(MESSAGE);
        await until(() => heard.length === CONNECTIONS_PER_SOURCE_MAX);
        // Refused before the handshake, or at its end.
        await newPeer(port).then(
          (extra) => extra.closed,
          () => undefined,
        );
        peers.length = CONNECTIONS_PER_SOURCE_MAX;
        assert.deepEqual(transports.figures()[0]?.connections, CONNECTIONS_PER_SOURCE_MAX);
        assert.ok((transports.figures()[0]?.counts.refused ?? 0) >= 1);
        await peers.pop()?.close();
        await until(() => closed.length === 1);
        (await newPeer(port)).send(MESSAGE);
        await until(() => heard.length === CONNECTIONS_PER_SOURCE_MAX + 1);
      });

      it("drops a peer that does not read, and serves the others (§7.2)", async () => {
        const port = await start();
        const [slow, other] = [await newPeer(port), await newPeer(port)];
        slow.send(MESSAGE);
        await until(() => heard.length === 1);
        slow.pause();
        const big = `OPTIONS sip:a SIP/2.0\r\nContent-Length: 60000\r\n\r\n${"x".repeat(60_000)}`;
        let sent = 0;
        while (heard[0]!.flow.send(big)) {
          sent += 1;
          assert.ok(sent < 2000, "what waits has no bound");
          if (sent % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        await until(() => closed.length === 1);
        other.send(MESSAGE);
        await until(() => heard.length === 2);
        assert.equal(heard[1]!.flow.send(MESSAGE), true);
        assert.equal(await other.next(), MESSAGE);
      });

      it("answers 513 to what is too large, and closes (S-14)", async () => {
        const port = await start();
        const peer = await newPeer(port);
        const head = `OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/X 192.0.2.9;branch=z9hG4bK1\r\nCSeq: 1 OPTIONS\r\nCall-ID: c\r\n`;
        peer.send(`${head}X: ${"x".repeat(HEADERS_MAX_BYTES)}\r\n\r\n`);
        assert.match(await peer.next(), /^SIP\/2\.0 513 /);
        await peer.closed;
        const other = await newPeer(port);
        other.send(`${head}Content-Length: ${BODY_MAX_BYTES * 2}\r\n\r\n${"x".repeat(BODY_MAX_BYTES * 2)}`);
        await other.closed;
        assert.deepEqual(heard, []);
      });

      it("lives through bytes that mean nothing", async () => {
        const port = await start();
        const random = new SeededRandom(7);
        for (let round = 0; round < 40; round += 1) {
          const peer = await newPeer(port);
          peer.send(Buffer.from(random.bytes(1 + random.below(2000))).toString("latin1"));
          peer.send(`\r\n\r\n${Buffer.from(random.bytes(50)).toString("latin1")}\r\n\r\n`);
          await peers.pop()?.close();
        }
        const peer = await newPeer(port);
        peer.send(MESSAGE);
        await until(() => heard.some(({ text }) => text === MESSAGE));
      });

      it("closes a connection that brings no message in 120 s, and keeps no timer (§7.2)", async () => {
        const clock = new FakeClock();
        const peer = await newPeer(await start("127.0.0.1", undefined, clock));
        peer.send("\r\n\r\n");
        await peer.next();
        clock.advance(DEFAULT_CONNECTION_LIMITS.silentMs);
        await peer.closed;
        await until(() => closed.length === 1);
        assert.equal(clock.pending, 0);
      });
    }
  });
}
