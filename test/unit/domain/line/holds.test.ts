import { deepEqual, equal } from "node:assert/strict";
import type { LineRules } from "#domain/line/line-rules";
import { LINE1, LineStory } from "./line-story.ts";

const NO_BARGE: LineRules = { ...LINE1, barge: false };
const PRIVATE: LineRules = { ...LINE1, hold: "private" };
const RELEASE: LineRules = { ...LINE1, stations: LINE1.stations.map((station) => ({ ...station, holdMode: "release" })) };

describe("Barge, hold and retrieve on a shared line", () => {
  it("lets another in, and ends with the last (sla.md #39)", () => {
    const story = new LineStory();
    story.talk(1);
    deepEqual(story.press(2), ["answer s2", "join s2"]);
    deepEqual(story.left("s1"), ["s1 = SUCCESS (gone)"]);
    deepEqual(story.left("s2"), ["s2 = SUCCESS (gone)", "part caller", "caller = SUCCESS"]);
    deepEqual(story.lamps(), ["IDLE", "IDLE", "IDLE", "IDLE"]);
  });

  it("lets nobody in without barge (sla.md #40)", () => {
    const story = new LineStory(NO_BARGE);
    story.talk(1);
    const before = story.line;
    deepEqual(story.press(2), ["log station2 on line1: barge not allowed", "s2 = CONGESTION 486 barge not allowed"]);
    equal(story.line, before);
  });

  it("keeps the phone's call while it holds, or ends it (sla.md #41, R25)", () => {
    const kept = new LineStory();
    kept.talk(1);
    deepEqual(kept.held("s1"), ["part s1", "music on caller"]);
    deepEqual(kept.lamps(), ["ONHOLD_BYME own", "ONHOLD", "ONHOLD", "ONHOLD"]);
    const ended = new LineStory(RELEASE);
    ended.talk(1);
    deepEqual(ended.held("s1"), ["part s1", "release s1: on hold", "s1 = SUCCESS (gone)", "music on caller"]);
    deepEqual(ended.lamps(), ["ONHOLD_BYME own", "ONHOLD", "ONHOLD", "ONHOLD"]);
    deepEqual(ended.left("s1"), []);
  });

  it("is taken back with an un-hold (R25)", () => {
    const story = new LineStory();
    story.talk(1);
    story.held("s1");
    deepEqual(story.tell({ type: "resumed", leg: "s1" }), ["music off caller", "join s1"]);
    deepEqual(story.lamps(), ["UP own", "UP", "UP", "UP"]);
  });

  it("is taken back with the key, and the kept call ends (R25)", () => {
    const story = new LineStory();
    story.talk(1);
    story.held("s1");
    deepEqual(story.press(1, "again"), [
      "music off caller",
      "answer again",
      "join again",
      "release s1: retrieved",
      "s1 = SUCCESS (gone)",
    ]);
    deepEqual(story.left("s1"), []);
  });

  it("is taken by another, who then is the only one (sla.md #42)", () => {
    const story = new LineStory();
    story.talk(1);
    story.held("s1");
    deepEqual(story.press(2).slice(0, 3), ["music off caller", "answer s2", "join s2"]);
    deepEqual(story.lamps(), ["UP", "UP own", "UP", "UP"]);
    deepEqual(story.left("s2"), ["s2 = SUCCESS (gone)", "part caller", "caller = SUCCESS"]);
  });

  it("is held privately by the line (sla.md #43)", () => {
    const story = new LineStory(PRIVATE);
    story.talk(1);
    story.held("s1");
    equal(story.press(2).at(-1), "s2 = CONGESTION 486 held privately");
    deepEqual(story.press(1, "again").slice(0, 3), ["music off caller", "answer again", "join again"]);
  });

  it("is held privately by a station, whatever the order (sla.md #44)", () => {
    for (const order of [[...LINE1.stations], [...LINE1.stations].reverse()]) {
      const stations = order.map((one) => (one.name === "station1" ? { ...one, hold: "private" as const } : one));
      const story = new LineStory({ ...LINE1, stations });
      story.talk(1);
      story.held("s1");
      for (const station of [2, 3, 4] as const)
        equal(story.press(station).at(-1), `s${String(station)} = CONGESTION 486 held privately`);
      equal(story.press(1, "again").includes("join again"), true);
    }
  });

  it("stays for who holds when the other hangs up (sla.md #45, R17)", () => {
    const story = new LineStory();
    story.talk(1);
    story.press(2);
    deepEqual(story.held("s1"), ["part s1"]);
    deepEqual(story.lamps(), ["ONHOLD_BYME own", "UP own", "ONHOLD", "ONHOLD"]);
    deepEqual(story.left("s2"), ["s2 = SUCCESS (gone)", "music on caller"]);
    deepEqual(story.lamps(), ["ONHOLD_BYME own", "ONHOLD", "ONHOLD", "ONHOLD"]);
  });

  it("forgets holds with the caller (sla.md #46, R18)", () => {
    const story = new LineStory(PRIVATE);
    story.talk(1);
    story.held("s1");
    deepEqual(story.left("caller"), ["release s1: call ended", "s1 = SUCCESS (gone)", "caller = SUCCESS (gone)"]);
    deepEqual(story.press(2), ["dial Local/disa@line1_outbound as out-s2 for s2"]);
  });

  it("is retrieved without barge (sla.md #47)", () => {
    const story = new LineStory(NO_BARGE);
    story.talk(1);
    story.held("s1");
    equal(story.press(2).includes("join s2"), true);
  });

  it("lets each of two private holders come back (R16)", () => {
    const story = new LineStory(PRIVATE);
    story.talk(1);
    story.press(2);
    story.held("s1");
    story.held("s2");
    equal(story.press(1, "again").includes("join again"), true);
    deepEqual(story.lamps(), ["UP own", "ONHOLD_BYME own", "ONHOLD", "ONHOLD"]);
  });

  it("ends when the phone hangs up what it keeps, and stays when the phone is lost", () => {
    const hungUp = new LineStory();
    hungUp.talk(1);
    hungUp.held("s1");
    deepEqual(hungUp.left("s1"), ["s1 = SUCCESS (gone)", "music off caller", "part caller", "caller = SUCCESS"]);
    const lost = new LineStory();
    lost.talk(1);
    lost.held("s1");
    deepEqual(lost.tell({ type: "left", leg: "s1", why: "lost" }), ["s1 = SUCCESS (gone)"]);
    deepEqual(lost.lamps()[0], "ONHOLD_BYME own");
  });

  it("ends with the node that has its caller, and goes on without the node of a phone", () => {
    const story = new LineStory();
    story.incoming();
    story.tell({ type: "stationAnswered", station: "station2", leg: "r2", node: "b" });
    story.press(1);
    story.tell({ type: "nodeLost", node: "b" });
    deepEqual(story.lamps().slice(0, 2), ["UP own", "UP"]);
    deepEqual(story.tell({ type: "nodeLost", node: "a" }), ["part s1", "s1 = SUCCESS", "caller = SUCCESS (gone)"]);
  });

  it("is not joined, nor taken, by a key at another node than its caller's: nothing would be heard", () => {
    const press = { type: "press", station: "station2", leg: "s2", node: "b", newLeg: "n", isOwnDevice: true } as const;
    const refused = ["log station2 on line1: the call is at another node", "s2 = CONGESTION 503 the call is at another node"];
    const story = new LineStory();
    story.press(1);
    deepEqual(story.tell(press), refused);
    story.tell({ type: "trunkAnswered", leg: "out-s1" });
    deepEqual(story.tell(press), refused);
    story.held("s1");
    deepEqual(story.tell(press), refused);
    const ringing = new LineStory();
    ringing.incoming();
    deepEqual(ringing.tell(press), refused);
  });

  it("tells who is at the far end only when it may (sla.md #49, R13)", () => {
    const silent = new LineStory();
    silent.talk(1);
    equal(JSON.stringify(silent.shown()).includes("5551234"), false);
    deepEqual(silent.tell({ type: "identity", party: { number: "7" } }), []);
    const story = new LineStory({ ...LINE1, attemptCallerId: true });
    story.incoming();
    const ann = { uri: "sip:5551234@x", name: "Ann" };
    deepEqual(
      story.shown().map(([dialog]) => dialog?.remote),
      [ann, ann, ann, ann],
    );
    deepEqual(story.press(1).at(-1), "show s1 Ann 5551234");
    deepEqual(story.tell({ type: "identity", party: { number: "7" } }), ["show s1  7"]);
    story.held("s1");
    deepEqual(story.shown()[2], [{ id: "station3_line1", direction: "recipient", held: true, remote: { uri: "sip:7@x" } }]);
  });

  it("shows a phone that answers another caller than it displays who that is (sla.md #50)", () => {
    const answer = { type: "stationAnswered", station: "station1", leg: "r1", node: "a" } as const;
    const other = new LineStory({ ...LINE1, attemptCallerId: true });
    other.incoming();
    equal(other.tell({ ...answer, shown: { number: "9", name: "Bob" } }).at(-1), "show r1 Ann 5551234");
    const same = new LineStory({ ...LINE1, attemptCallerId: true });
    same.incoming();
    equal(same.tell({ ...answer, shown: { number: "5551234", name: "Ann" } }).at(-1), "join r1");
  });
});
