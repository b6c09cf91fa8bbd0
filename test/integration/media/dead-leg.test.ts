import assert from "node:assert/strict";
import { quietLog } from "#base/log";
import { CallLeg, type LastOfLeg } from "#calls/call-leg";
import { openMediaEngine } from "#media/worker-media-engine";
import { eventually } from "#test/support/eventually";
import { stopAfterEach } from "#test/support/stop-after-each";
import { OFFER, responseText, SessionBench } from "#test/unit/sip/session/session-bench";

describe("a leg that has gone without a word", () => {
  const started = stopAfterEach();

  it("ends when no RTP comes from it any more: not before it has answered, and with what there is to say of it", async () => {
    const media = started(await openMediaEngine({ ports: { from: 22000, to: 22099 }, log: quietLog, silentAfterMs: 300 }));
    const bench = new SessionBench();
    const lasts: LastOfLeg[] = [];
    const silent: string[] = [];
    const open = media.open.bind(media);
    // Seen here: that silence was told.
    media.open = (host, listener) =>
      open(host, {
        ...listener,
        onSilent: (seconds) => {
          silent.push("told");
          listener.onSilent(seconds);
        },
      });
    const leg = CallLeg.outgoing(
      bench.sessions,
      { flow: bench.flow, uri: "sip:5001@192.0.2.21", from: { uri: "sip:a@b.example" }, to: { uri: "sip:c@b.example" } },
      { media, random: bench.random, over: (_leg, last) => lasts.push(last) },
    );
    leg.listen({ onEnded: () => undefined });
    await eventually(() => {
      assert.match(bench.last, /^INVITE/);
    });
    const invite = bench.last;
    // Nobody is there at this address, and nothing is sent from it.
    const sdp = OFFER.replaceAll("192.0.2.21", "127.0.0.1");
    await bench.say(responseText(invite, 183, { body: sdp }));
    await eventually(() => {
      assert.deepEqual(silent, ["told"]);
    });
    assert.equal(leg.isOver, false, "a phone may be silent while it rings");
    await bench.say(responseText(invite, 200, { body: sdp }));
    await eventually(() => {
      assert.match(bench.last, /^BYE/);
    });
    assert.match(bench.last, /Reason: Q\.850;cause=102;text="no RTP"/);
    await bench.say(responseText(bench.last, 200));
    await eventually(() => {
      assert.equal(lasts.length, 1);
    });
    const [last] = lasts;
    assert.equal(last?.end.type, "bye");
    const sound = await last.sound;
    assert.equal(sound?.received, 0);
    assert.ok(sound.sent > 0, "what was sent to it is known");
    await bench.assertNothingLeft();
  });
});
