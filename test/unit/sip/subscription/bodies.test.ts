import assert from "node:assert/strict";
import { EVENT_PACKAGES } from "#event-packages/registry";
import { NotifierBench } from "#test/support/notifier-bench";
import type { Phone, Watch } from "#test/support/phone";
import { headerIn } from "#test/support/wire";

const COMMAND = { headers: { "Content-Type": "text/x-command" }, body: "light up" };
const COMMANDED = EVENT_PACKAGES.map((one) => (one.name === "presence" ? { ...one, commandTypes: ["text/x-command"] } : one));

describe("bodies of SUBSCRIBEs in a dialog (presence.md §2.10, S-59)", () => {
  let bench: NotifierBench;
  let phone: Phone;
  let watch: Watch;
  let taken: string[];
  beforeEach(async () => {
    taken = [];
    bench = new NotifierBench({ packages: new Map(COMMANDED.map((one) => [one.name, one])) });
    bench.command = (resource, body) => {
      taken.push(`${resource} ${body}`);
      return Promise.resolve(undefined);
    };
    phone = bench.phone();
    watch = await phone.subscribe({ event: "dialog" });
  });
  afterEach(() => {
    bench.end();
  });

  it("are done, of a usage that joins and of a refresh", async () => {
    await watch.send({ ...COMMAND, event: "presence" });
    assert.equal(watch.status, 200);
    await watch.send({ ...COMMAND, event: "presence" });
    assert.equal(watch.status, 200);
    assert.deepEqual(taken, ["1001 light up", "1001 light up"]);
    assert.equal(bench.notifier.subscriptions.size, 2);
  });

  it("are refused where the package takes none, and the dialog goes on as it was", async () => {
    await watch.send({ ...COMMAND, event: "dialog" });
    assert.equal(watch.status, 415);
    assert.equal(headerIn(watch.response, "Accept"), "");
    await watch.send({ ...COMMAND, event: "presence", headers: { "Content-Type": "text/plain" } });
    assert.equal(watch.status, 415);
    assert.equal(headerIn(watch.response, "Accept"), "text/x-command");
    bench.command = () => Promise.resolve({ status: 403 });
    await watch.send({ ...COMMAND, event: "presence" });
    assert.equal(watch.status, 403);
    assert.equal(bench.notifier.subscriptions.size, 1);
    await watch.send({ event: "dialog" });
    assert.equal(watch.status, 200);
    assert.deepEqual(taken, []);
  });

  for (const event of ["presence", "presence;id=2"])
    it(`are done, but the dialog is over when it ended meanwhile (${event})`, async () => {
      await watch.send({ event: "presence" });
      let done = (): void => undefined;
      bench.command = () =>
        new Promise((resolve) => {
          done = () => {
            resolve(undefined);
          };
        });
      await watch.send({ ...COMMAND, event });
      await bench.withdraw("1001");
      done();
      await bench.pass(100);
      assert.equal(watch.status, 481);
      const [account, host] = ["5001", phone.flow.remoteHost];
      assert.equal(bench.notifier.subscriptions.countOf(account, host), 0, "nothing of it is counted");
      assert.deepEqual([bench.notifier.subscriptions.size, bench.store.records.size], [0, 0]);
    });
});
