import assert from "node:assert/strict";
import type { TransportName } from "#sip/transport/flow";
import { UnsolicitedNotifier } from "#sip/unsolicited/unsolicited-notifier";
import { SeededRandom } from "#test/support/seeded-random";
import { headerIn } from "#test/support/wire";
import { LayerBench, responseTo } from "#test/unit/sip/transaction/layer-bench";

describe("a NOTIFY outside of subscriptions (X-23)", () => {
  it("names us as a dialog with this contact would: sips where the first hop has one (RFC 3261 §12.1.1)", async () => {
    const contactOf = async (transport: TransportName, contact: string, ...path: string[]): Promise<string | undefined> => {
      const bench = new LayerBench();
      const flow = bench.flow(transport);
      const notifier = new UnsolicitedNotifier({
        clients: bench.layer.clients,
        flows: { find: () => flow },
        random: new SeededRandom(),
        realm: () => "office",
      });
      const { key, remoteHost: host, remotePort: port } = flow;
      const outcome = notifier.send({
        contact,
        flow: { transport, listener: "test", host, port, key },
        path,
        aor: "sip:5001@pbx.example",
        event: "check-sync",
        subscriptionState: "terminated",
        credentials: undefined,
      });
      const [message = ""] = flow.sent;
      bench.layer.receive(responseTo(message, 200), flow);
      assert.equal((await outcome).type, "answered");
      bench.layer.close();
      bench.wheel.close();
      return headerIn(message, "Contact");
    };
    assert.equal(await contactOf("udp", "sip:5001@192.0.2.21"), "<sip:192.0.2.1:5060>");
    assert.equal(await contactOf("tls", "sip:5001@192.0.2.21"), "<sip:192.0.2.1:5060;transport=tls>");
    assert.equal(await contactOf("tls", "sips:5001@192.0.2.21"), "<sips:192.0.2.1:5060>");
    assert.equal(await contactOf("tls", "sip:5001@192.0.2.21", "<sips:edge.example;lr>"), "<sips:192.0.2.1:5060>");
    assert.equal(await contactOf("wss", "sip:5001@a.invalid;transport=ws"), "<sip:192.0.2.1:5060;transport=ws>");
  });
});
