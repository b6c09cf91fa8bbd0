import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import { chooseListener } from "#sip/transport/choose-listener";
import { Unreachable } from "#sip/transport/dialler";
import { Transports } from "#sip/transport/transports";
import { eventually } from "#test/support/eventually";
import { testCertificate, testIdentity } from "#test/support/test-certificate";

const MESSAGE = "OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n";
const HOST = "127.0.0.1";

describe("flows to peers", () => {
  let transports: Transports;
  let heard: string[];
  let closed: string[];
  let servers: Server[];

  beforeEach(async () => {
    [heard, closed, servers] = [[], [], []];
    const { cert } = await testCertificate();
    transports = new Transports({
      clock: systemClock,
      log: quietLog,
      tls: { ...(await testIdentity()), clientOptions: () => ({ ca: cert }) },
      onMessage: (text) => heard.push(text),
      onClosed: ({ key }) => closed.push(key),
    });
  });

  afterEach(async () => {
    await transports.stop();
    for (const server of servers) {
      server.close();
      await once(server, "close");
    }
  });

  async function peer(server: Server): Promise<number> {
    servers.push(server.listen(0, HOST));
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  it("speaks UDP from the listener's own socket", async () => {
    const { port } = await transports.open(`udp:${HOST}:0`);
    const socket = createSocket("udp4").bind(0, HOST);
    await once(socket, "listening");
    const flow = await transports.connect({ transport: "udp", host: HOST, port: socket.address().port });
    const came = once(socket, "message") as Promise<[Buffer, { port: number }]>;
    assert.ok(flow.send(MESSAGE));
    const [data, from] = await came;
    socket.close();
    assert.deepEqual([data.toString(), from.port, flow.sentBy], [MESSAGE, port, `${HOST}:${port}`]);
  });

  it("opens one TCP connection for two who ask, delivers what comes over it and closes it with the stack", async () => {
    const { port: ours } = await transports.open(`tcp:${HOST}:0`);
    let connections = 0;
    const port = await peer(
      createServer((socket) => {
        connections += 1;
        socket.write(MESSAGE);
      }),
    );
    const wanted = { transport: "tcp", host: HOST, port } as const;
    const [flow, same] = await Promise.all([transports.connect(wanted), transports.connect(wanted)]);
    assert.equal(flow, same);
    assert.equal(await transports.connect(wanted), flow);
    assert.equal(flow.sentBy, `${HOST}:${ours}`, "where the peer can reach us again");
    await eventually(() => {
      assert.deepEqual(heard, [MESSAGE]);
    });
    assert.deepEqual([connections, transports.figures()[0]?.connections], [1, 1]);
    await transports.stop();
    assert.equal(flow.closed, true);
  });

  it("opens a new connection after the old one was closed by the peer, and tells of that", async () => {
    await transports.open(`tcp:${HOST}:0`);
    const port = await peer(createServer((socket) => socket.end()));
    const flow = await transports.connect({ transport: "tcp", host: HOST, port });
    await eventually(() => {
      assert.deepEqual(closed, [flow.key]);
    });
    const next = await transports.connect({ transport: "tcp", host: HOST, port });
    assert.notEqual(next.key, flow.key);
  });

  it("says Unreachable where nobody listens, and where no listener of ours can reach", async () => {
    await transports.open(`tcp:${HOST}:0`);
    const server = createServer();
    const port = await peer(server);
    server.close();
    servers = [];
    await assert.rejects(transports.connect({ transport: "tcp", host: HOST, port }), Unreachable);
    await assert.rejects(transports.connect({ transport: "udp", host: HOST, port }), Unreachable);
    await assert.rejects(transports.connect({ transport: "tcp", host: "::1", port }), Unreachable);
  });

  it("takes a TLS peer whose certificate is for the name, and refuses any other", async () => {
    await transports.open(`tls:${HOST}:0`);
    const server = createTlsServer(await testCertificate(), (socket) => socket.write(MESSAGE));
    const port = await peer(server);
    const flow = await transports.connect({ transport: "tls", host: HOST, port, tlsName: "localhost" });
    assert.equal(flow.transport, "tls");
    await eventually(() => {
      assert.deepEqual(heard, [MESSAGE]);
    });
    await assert.rejects(transports.connect({ transport: "tls", host: HOST, port, tlsName: "sip.example.com" }), Unreachable);
  });

  it("chooses the listener of the peer's family, and loopback only for loopback", () => {
    const of = (...hosts: string[]) => hosts.map((host) => ({ host }));
    assert.equal(chooseListener(of("127.0.0.1", "192.0.2.1"), "198.51.100.1")?.host, "192.0.2.1");
    assert.equal(chooseListener(of("192.0.2.1", "127.0.0.1"), "127.0.0.1")?.host, "127.0.0.1");
    assert.equal(chooseListener(of("::", "0.0.0.0"), "198.51.100.1")?.host, "0.0.0.0");
    assert.equal(chooseListener(of("::"), "198.51.100.1")?.host, "::");
    assert.equal(chooseListener(of("127.0.0.1", "0.0.0.0"), "2001:db8::1"), undefined);
  });
});
