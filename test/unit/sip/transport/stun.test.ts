import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { quietLog } from "#base/log";
import { isStun, stunAnswer } from "#sip/transport/stun";
import { Transports } from "#sip/transport/transports";
import { FakeClock } from "#test/support/fake-clock";

// Transaction number and addresses of RFC 5769 §2.2 and §2.3.
const NUMBER = "b7e7a701bc34d686fa87dfae";
const REQUEST = Buffer.from(`000100002112a442${NUMBER}`, "hex");

describe("STUN as keep-alive of UDP flows (R-13, RFC 5626 §3.5.2)", () => {
  it("is told from SIP and from noise by its cookie", () => {
    assert.ok(isStun(REQUEST));
    for (const other of ["OPTIONS sip:a SIP/2.0\r\n\r\n", "\0\0\0\0", `\0\x01\0\0${"x".repeat(16)}`])
      assert.equal(isStun(Buffer.from(other)), false);
    assert.equal(isStun(REQUEST.subarray(0, 19)), false);
  });

  it("answers with the address that we see, crossed as RFC 5769 shows", () => {
    assert.equal(stunAnswer(REQUEST, "192.0.2.1", 32_853)?.toString("hex"), `0101000c2112a442${NUMBER}002000080001a147e112a643`);
    assert.equal(
      stunAnswer(REQUEST, "2001:db8:1234:5678:11:2233:4455:6677", 32_853)?.toString("hex"),
      `010100182112a442${NUMBER}002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9`,
    );
  });

  it("answers nothing but bare binding requests", () => {
    const change = (at: number, byte: number): Buffer => {
      const copy = Buffer.from(REQUEST);
      copy[at] = byte;
      return copy;
    };
    for (const data of [change(1, 0x11), change(0, 1), change(3, 4), Buffer.concat([REQUEST, Buffer.alloc(4)])])
      assert.equal(stunAnswer(data, "192.0.2.1", 1), undefined);
    assert.equal(stunAnswer(REQUEST, "pbx.example", 1), undefined);
  });

  it("comes from the SIP port, and nothing of it is taken for SIP", async () => {
    const heard: string[] = [];
    const parts = { clock: new FakeClock(), log: quietLog, onClosed: () => undefined };
    const transports = new Transports({ ...parts, onMessage: (text) => heard.push(text) });
    const { port } = await transports.open("udp:127.0.0.1:0");
    const peer = createSocket("udp4");
    peer.bind(0, "127.0.0.1");
    await once(peer, "listening");
    peer.send(Buffer.concat([REQUEST, Buffer.alloc(4)]), port, "127.0.0.1");
    peer.send(REQUEST, port, "127.0.0.1");
    const [answer] = (await once(peer, "message")) as [Buffer];
    assert.deepEqual(answer, stunAnswer(REQUEST, "127.0.0.1", peer.address().port));
    assert.deepEqual(heard, []);
    peer.close();
    await transports.stop();
  });
});
