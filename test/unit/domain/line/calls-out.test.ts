import { deepEqual, equal } from "node:assert/strict";
import { firstIdle, IDLE_LINE, type Line } from "#domain/line/line";
import { LINE1, LineStory } from "./line-story.ts";

describe("A shared line that is taken", () => {
  it("is dialled, and its lamp is on at once (sla.md #15)", () => {
    const story = new LineStory();
    deepEqual(story.offHook(1), ["dial Local/disa@line1_outbound as out-s1 for s1"]);
    deepEqual(story.lamps(), ["UP own", "UP", "UP", "UP"]);
    deepEqual(story.tell({ type: "trunkAnswered", leg: "out-s1" }), ["join out-s1", "answer s1", "join s1"]);
  });

  it("is not the one that off-hook takes while it is busy or held (sla.md #16, #48)", () => {
    const story = new LineStory();
    story.talk(1);
    const lines: Record<string, Line> = { line1: story.line, line2: IDLE_LINE };
    const keys = [{ trunk: "line1" }, { trunk: "line2" }];
    equal(
      firstIdle(keys, (trunk) => lines[trunk] ?? IDLE_LINE),
      "line2",
    );
    story.held("s1");
    equal(
      firstIdle(keys, (trunk) => (trunk === "line1" ? story.line : IDLE_LINE)),
      "line2",
    );
  });

  it("refuses off-hook that came too late, and nothing changes (sla.md #17)", () => {
    const story = new LineStory();
    story.talk(1);
    const before = story.line;
    deepEqual(story.offHook(3), ["unavailable s3"]);
    equal(story.line, before);
    equal(
      firstIdle([{ trunk: "line1" }], () => before),
      undefined,
    );
  });

  it("tells the phone how far the dial has come, each change once (sla.md #18)", () => {
    const story = new LineStory();
    story.offHook(1);
    deepEqual(story.tell({ type: "trunkProgress", leg: "out-s1", status: "trying" }), ["183 s1"]);
    deepEqual(story.tell({ type: "trunkProgress", leg: "out-s1", status: "ringing" }), ["180 s1"]);
    deepEqual(story.tell({ type: "trunkProgress", leg: "out-s1", status: "trying" }), []);
  });

  it("passes the far end's refusal on (sla.md #21)", () => {
    const story = new LineStory();
    story.offHook(1);
    deepEqual(story.tell({ type: "trunkFailed", leg: "out-s1", sipStatus: 486, cause: 17 }), [
      "log station1 on line1: trunk answered 486",
      "s1 = CONGESTION 486 trunk answered 486",
    ]);
    equal(story.line.phase, "idle");
  });

  it("is refused when the trunk cannot be reached (sla.md #22)", () => {
    const story = new LineStory();
    story.press(1);
    deepEqual(story.tell({ type: "trunkFailed", leg: "out-s1" }).at(-1), "s1 = CONGESTION 503 trunk unavailable");
    deepEqual(story.lamps(), ["IDLE", "IDLE", "IDLE", "IDLE"]);
  });

  it("is free when the phone hangs up during the dial, and a late answer moves nothing (sla.md #23, R14)", () => {
    const story = new LineStory();
    story.offHook(1);
    deepEqual(story.left("s1"), ["cancelTrunk out-s1", "s1 = CONGESTION (gone)"]);
    deepEqual(story.tell({ type: "trunkAnswered", leg: "out-s1" }), []);
    equal(story.line.phase, "idle");
  });

  it("is dialled once for two who press at the same time (sla.md #24, R15)", () => {
    const story = new LineStory();
    story.press(1);
    story.tell({ type: "trunkProgress", leg: "out-s1", status: "ringing" });
    deepEqual(story.press(2), ["180 s2"]);
    deepEqual(story.tell({ type: "trunkAnswered", leg: "out-s1" }), [
      "join out-s1",
      "answer s1",
      "join s1",
      "answer s2",
      "join s2",
    ]);
  });

  it("stays dialled for who joined when the first one hangs up (R14, R15)", () => {
    const story = new LineStory();
    story.press(1);
    story.press(2);
    deepEqual(story.left("s1"), ["s1 = CONGESTION (gone)"]);
    deepEqual(story.left("s2"), ["cancelTrunk out-s1", "s2 = CONGESTION (gone)"]);
  });

  it("refuses who would join the dial without barge, and a caller (R15)", () => {
    const story = new LineStory({ ...LINE1, barge: false });
    story.press(1);
    equal(story.press(2).at(-1), "s2 = CONGESTION 486 barge not allowed");
    deepEqual(story.incoming(), ["caller = FAILURE 486 line in use"]);
  });

  it("does not dial for ever (B42)", () => {
    const story = new LineStory();
    story.press(1);
    story.at = 120_000;
    deepEqual(story.tell({ type: "timePassed" }), [
      "cancelTrunk out-s1",
      "log station1 on line1: no answer",
      "s1 = CONGESTION 480 no answer",
    ]);
  });

  it("is only for the station's own phone (sla.md #55, R21)", () => {
    const story = new LineStory();
    equal(story.press(1, "foreign", false).at(-1), "foreign = CONGESTION 403 not your line key");
    equal(story.line.phase, "idle");
  });

  it("refuses a key that its rules do not know", () => {
    const story = new LineStory({ ...LINE1, stations: LINE1.stations.slice(0, 2) });
    equal(story.press(4).at(-1), "s4 = CONGESTION 404 no such line key");
  });
});
