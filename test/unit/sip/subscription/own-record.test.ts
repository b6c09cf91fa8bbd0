import assert from "node:assert/strict";
import { ownRecord, sharedText } from "#sip/subscription/own-record";
import { heapBytes } from "#test/support/heap-bytes";
import { RecordedFlow } from "#test/support/recorded-flow";

const LONG = 50_000;
const RECORDS = 400;

function recordOf(userAgent: string): Parameters<typeof ownRecord>[0] {
  const { key, remoteHost: host, remotePort: port } = new RecordedFlow();
  return {
    id: "l",
    node: "n",
    dialog: {
      callId: "c",
      localTag: "l",
      remoteTag: "r",
      localAddress: "<sip:1001@a>",
      remoteAddress: "<sip:5001@a>;tag=r",
      remoteTarget: "sip:5001@192.0.2.21",
      routeSet: ["<sip:p;lr>"],
    },
    flow: { transport: "udp", listener: "udp:test", host, port, key },
    package: "dialog",
    event: "dialog",
    contentType: "application/dialog-info+xml",
    profile: "polycom",
    resource: "1001",
    entity: "sip:1001@a",
    watcher: { aor: "5001", trusted: false, device: key },
    userAgent,
    expiresAt: 1,
    remoteCSeq: 1,
    cseqMark: 1,
    versionMark: 1,
  };
}

describe("strings of a record", () => {
  it("are the same text, whatever is in it", () => {
    const record = recordOf("Zo\u00eb \u{1f4a1}");
    assert.deepEqual(ownRecord(record), record);
    for (const text of ["", "a", "x".repeat(256), "y".repeat(257)]) assert.equal(sharedText(text), text);
  });

  it("are not kept for others when they are long: no stranger fills the memory with what nobody uses", () => {
    const before = heapBytes();
    for (let count = 0; count < RECORDS; count += 1) ownRecord(recordOf(String(count).padEnd(LONG, "x")));
    assert.ok(heapBytes() - before < (RECORDS * LONG) / 4);
  });
});
