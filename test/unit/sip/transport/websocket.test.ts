import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { WebSocket } from "ws";
import { quietLog } from "#base/log";
import type { Flow } from "#sip/transport/flow";
import { GOODBYE_MAX_MS, PING_EVERY_MS, PONG_MAX_MS } from "#sip/transport/websocket-flow";
import { Transports } from "#sip/transport/transports";
import { FakeClock } from "#test/support/fake-clock";

const MESSAGE = "OPTIONS sip:a SIP/2.0\r\nX: caf\u00c3\u00a9\r\n\r\n";

describe("SIP over WebSocket on a server of HTTP", () => {
  let clock: FakeClock;
  let transports: Transports;
  let server: Server;
  let port: number;
  let heard: { readonly text: string; readonly flow: Flow }[];
  let closed: Flow[];
  let clients: WebSocket[];
  let waiting: () => void = () => undefined;

  beforeEach(async () => {
    clock = new FakeClock();
    [heard, closed, clients] = [[], [], []];
    transports = new Transports({
      clock,
      log: quietLog,
      onMessage: (text, flow) => {
        heard.push({ text, flow });
        waiting();
      },
      onClosed: (flow) => {
        closed.push(flow);
        waiting();
      },
    });
    server = createServer((request, response) => response.end(`plain ${request.url ?? ""}`));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
    transports.attach(server, "ws", "127.0.0.1");
  });

  afterEach(async () => {
    for (const client of clients) client.terminate();
    await transports.stop();
    server.close();
    server.closeAllConnections();
    assert.equal(clock.pending, 0, "a timer outlives its connection");
  });

  async function until(isDone: () => boolean): Promise<void> {
    while (!isDone()) await new Promise<void>((resolve) => (waiting = resolve));
  }

  async function client(options: ConstructorParameters<typeof WebSocket>[2] = {}): Promise<WebSocket> {
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}/sip`, "sip", options);
    clients.push(webSocket);
    await once(webSocket, "open");
    return webSocket;
  }

  /** What the server answers to a request for a WebSocket, up to the end of its head. */
  async function ask(lines: readonly string[], path = "/sip"): Promise<string> {
    const socket = connect(port, "127.0.0.1");
    socket.setEncoding("latin1");
    const head = ["Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", ...lines];
    socket.write(`GET ${path} HTTP/1.1\r\nHost: pbx.example:${port}\r\n${head.join("\r\n")}\r\n\r\n`);
    let text = "";
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.includes("\r\n\r\n")) break;
    }
    socket.destroy();
    return text;
  }

  const UPGRADE = "Upgrade: websocket";
  const SIP = "Sec-WebSocket-Protocol: sip";

  it("names its listener after the server, and the port that it shares", () => {
    const { name, transport, port: told } = transports.listeners[0]!;
    assert.deepEqual([name, transport, told], [`ws:127.0.0.1:${port}`, "ws", port]);
  });

  it("takes the subprotocol sip among others, and answers with it (RFC 7118 §4.1)", async () => {
    const answer = await ask([UPGRADE, "Sec-WebSocket-Protocol: chat, SIP"]);
    assert.match(answer, /^HTTP\/1\.1 101 /);
    assert.match(answer, /\r\nSec-WebSocket-Protocol: sip\r\n/);
    await until(() => closed.length === 1);
  });

  it("refuses a WebSocket without the subprotocol sip", async () => {
    for (const lines of [[UPGRADE], [UPGRADE, "Sec-WebSocket-Protocol: xmpp"]])
      assert.match(await ask(lines), /^HTTP\/1\.1 400 /);
  });

  it("refuses pages of other origins, and takes its own and whoever is no browser (X-18, design §9.33)", async () => {
    const foreign = [
      "http://evil.example",
      `http://pbx.example`,
      `http://pbx.example.evil:${port}`,
      "null",
      "file://",
      "about:blank",
      "x",
    ];
    for (const origin of foreign) assert.match(await ask([UPGRADE, SIP, `Origin: ${origin}`]), /^HTTP\/1\.1 403 /, origin);
    const own = [`Origin: http://pbx.example:${port}`, `Origin: https://PBX.example:${port}`, "X: y"];
    for (const line of own) assert.match(await ask([UPGRADE, SIP, line]), /^HTTP\/1\.1 101 /, line);
    await until(() => closed.length === own.length);
  });

  it("knows no WebSocket at another path", async () => {
    for (const path of ["/", "/sip/", "/SIP", "//sip", "http://a/sip"])
      assert.match(await ask([UPGRADE, SIP], path), /^HTTP\/1\.1 404 /, path);
    assert.match(await ask([UPGRADE, SIP], "/sip?x=y"), /^HTTP\/1\.1 101 /);
    await until(() => closed.length === 1);
  });

  it("refuses what is no proper handshake", async () => {
    assert.match(await ask([UPGRADE, SIP, "Sec-WebSocket-Version: 7"]), /^HTTP\/1\.1 4\d\d /);
  });

  it("leaves requests alone that offer another protocol, such as HTTP/2 (RFC 9110 §7.8)", async () => {
    const answer = await ask(["Upgrade: h2c"], "/page");
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    const response = await fetch(`http://127.0.0.1:${port}/other`);
    assert.equal(await response.text(), "plain /other");
  });

  it("takes text and binary messages without Content-Length, and answers in text where it can (RFC 7118 §5)", async () => {
    const webSocket = await client();
    webSocket.send(Buffer.from(MESSAGE, "latin1"), { binary: true });
    webSocket.send(Buffer.from(MESSAGE, "latin1"), { binary: false });
    await until(() => heard.length === 2);
    assert.deepEqual(
      heard.map(({ text }) => text),
      [MESSAGE, MESSAGE],
    );
    heard[0]!.flow.send(MESSAGE);
    const [text, isBinary] = (await once(webSocket, "message")) as [Buffer, boolean];
    assert.deepEqual([text.toString("latin1"), isBinary], [MESSAGE, false]);
    heard[0]!.flow.send("\u00ff");
    const [bytes, areBinary] = (await once(webSocket, "message")) as [Buffer, boolean];
    assert.deepEqual([[...bytes], areBinary], [[0xff], true]);
  });

  it("asks whether the peer is there, and drops one that does not say so (R-12, R-13)", async () => {
    const webSocket = await client({ autoPong: false });
    webSocket.send(MESSAGE);
    await until(() => heard.length === 1);
    clock.advance(PING_EVERY_MS);
    await once(webSocket, "ping");
    // Any sign of life will do.
    webSocket.send(MESSAGE);
    await until(() => heard.length === 2);
    clock.advance(PONG_MAX_MS);
    assert.deepEqual(closed, []);
    clock.advance(PING_EVERY_MS - PONG_MAX_MS);
    await once(webSocket, "ping");
    clock.advance(PONG_MAX_MS);
    await until(() => closed.length === 1);
    assert.equal(heard[0]!.flow.closed, true);
  });

  it("keeps a peer that answers pings, however long it says nothing else", async () => {
    const webSocket = await client();
    webSocket.send(MESSAGE);
    await until(() => heard.length === 1);
    for (let round = 0; round < 5; round += 1) {
      clock.advance(PING_EVERY_MS);
      await once(webSocket, "ping");
      // The answer is on its way before this message.
      webSocket.send(MESSAGE);
      await until(() => heard.length === round + 2);
    }
    assert.deepEqual(closed, []);
  });

  it("says goodbye with 1001 when it stops, and waits no longer than a second for the peer", async () => {
    const [polite, deaf] = [await client(), await client()];
    for (const webSocket of [polite, deaf]) webSocket.send(MESSAGE);
    await until(() => heard.length === 2);
    deaf.pause();
    const stopped = transports.stop();
    const [code] = (await once(polite, "close")) as [number];
    assert.equal(code, 1001);
    clock.advance(GOODBYE_MAX_MS);
    await stopped;
    assert.deepEqual(closed, [], "our doing is no news");
    assert.equal(heard[0]!.flow.send(MESSAGE), false);
    const response = await fetch(`http://127.0.0.1:${port}/still`);
    assert.equal(await response.text(), "plain /still");
  });

  it("closes with 1009 on a message above the limit", async () => {
    const webSocket = await client();
    webSocket.send(Buffer.alloc(200_000, "x"));
    const [code] = (await once(webSocket, "close")) as [number];
    assert.equal(code, 1009);
  });
});
