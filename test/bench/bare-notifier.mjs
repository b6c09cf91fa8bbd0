// A notifier that does nothing but send a ready NOTIFY and take its 200: what the load can take, and what the runtime's sockets cost.
// Arguments: seconds, its own port, then the ports of the watchers. Prints one line of JSON.
import { Buffer } from "node:buffer";
import { createSocket } from "node:dgram";
import { performance } from "node:perf_hooks";

const IN_FLIGHT = 1280;
const WARM_UP_MS = 1000;
const [seconds, ownPort, ...ports] = process.argv.slice(2).map(Number);
const body = "x".repeat(500);
const notify = Buffer.from(
  `NOTIFY sip:w1r1@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bK0123456789abcdef.1\r\nMax-Forwards: 70\r\n` +
    `From: <sip:e1@127.0.0.1>;tag=0123456789abcdef\r\nTo: <sip:w1r1@127.0.0.1>;tag=w1r1\r\nCall-ID: w1r1\r\nCSeq: 10000 NOTIFY\r\n` +
    `Contact: <sip:127.0.0.1:5060>\r\nEvent: dialog\r\nSubscription-State: active;expires=3600\r\n` +
    `Content-Type: application/dialog-info+xml\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
);
const socket = createSocket({ type: "udp4", lookup: (host, _options, done) => done(null, host, 4) });
let cycles = 0;
socket.on("message", (_answer, { port }) => {
  cycles += 1;
  socket.send(notify, port, "127.0.0.1");
});
await new Promise((resolve) => socket.bind(ownPort, "127.0.0.1", resolve));
socket.setRecvBufferSize(4 * 1024 * 1024);
for (let at = 0; at < IN_FLIGHT; at += 1) socket.send(notify, ports[at % ports.length], "127.0.0.1");
await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
const [before, startedAt, cpuBefore] = [cycles, performance.now(), process.cpuUsage()];
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const [count, ms, { user, system }] = [cycles - before, performance.now() - startedAt, process.cpuUsage(cpuBefore)];
console.log(JSON.stringify({ perSecond: (count * 1000) / ms, perCpuSecond: (count * 1e6) / (user + system) }));
process.exit();
