import assert from "node:assert/strict";
import type { DeviceDialog } from "#domain/lamp/device-state";
import { readListNotify } from "#test/support/list-phone";
import { NotifierBench } from "#test/support/notifier-bench";

const ACCEPT = "application/dialog-info+xml, application/rlmi+xml, multipart/related";
const ANONYMOUS = '<identity display="Anonymous">sip:anonymous@anonymous.invalid</identity>';
const ALICE: DeviceDialog = {
  id: "secret-call-id",
  direction: "recipient",
  phase: "early",
  remote: { uri: "sip:alice@example.org", name: "Alice", target: "sip:alice@192.0.2.9" },
};

describe("who calls, where the watcher may not know it (P-4, T-34)", () => {
  let bench: NotifierBench;
  beforeEach(() => {
    bench = new NotifierBench();
    bench.seesCallers = false;
  });
  afterEach(() => {
    bench.end();
  });

  it("is anonymous, in the state and the direction that the others see", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    await bench.show("1001", "Ringing", [ALICE]);
    await bench.pass(1000);
    const { body, state } = phone.newest;
    assert.equal(state, "early");
    assert.ok(body.includes(ANONYMOUS), body);
    assert.ok(body.includes('direction="recipient"'), body);
    assert.doesNotMatch(body, /alice|192\.0\.2\.9|secret-call-id/i);
    await bench.show("1001", "InUse", [{ id: ALICE.id, direction: "recipient", remote: ALICE.remote! }]);
    await bench.pass(1000);
    assert.equal(phone.newest.state, "confirmed");
    assert.doesNotMatch(phone.newest.body, /alice/i);
  });

  it("is not told in a list, nor to the family that is told an end before it rings", async () => {
    bench.profile = "polycom";
    bench.lists.set("keys", ["1001", "1002"]);
    const phone = bench.phone();
    await phone.subscribe({ uri: "sip:keys@pbx.example", headers: { Supported: "eventlist", Accept: ACCEPT } });
    await bench.show("1001", "InUse", [{ id: "b", direction: "initiator", remote: ALICE.remote! }]);
    await bench.pass(1000);
    await bench.show("1001", "Ringing", [ALICE]);
    await bench.pass(1000);
    const documents = phone.notifies.flatMap((notify) =>
      readListNotify(notify.header("Content-Type") ?? "", notify.body).resources.map(({ document }) => document ?? ""),
    );
    assert.ok(documents.some((document) => document.includes("<state>early</state>")));
    for (const document of documents) assert.doesNotMatch(document, /alice/i);
  });

  it("is told as soon as a reload grants it, and no more when one takes it back", async () => {
    const phone = bench.phone();
    await bench.show("1001", "Ringing", [ALICE]);
    await bench.pass(1000);
    await phone.subscribe();
    const before = phone.notifies.length;
    bench.notifier.review();
    await bench.pass(1000);
    assert.equal(phone.notifies.length, before, "a review alone tells nothing");
    bench.seesCallers = true;
    bench.notifier.review();
    await bench.pass(1000);
    assert.match(phone.newest.body, /sip:alice@example\.org/);
    bench.seesCallers = false;
    bench.notifier.review();
    await bench.pass(1000);
    assert.doesNotMatch(phone.newest.body, /alice/i);
    assert.equal(phone.notifies.length, before + 2);
  });
});
