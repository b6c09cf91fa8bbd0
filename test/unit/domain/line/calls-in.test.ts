import { deepEqual, equal } from "node:assert/strict";
import { LINE1, LineStory } from "./line-story.ts";

describe("A shared line that rings", () => {
  it("rings the caller and does not answer him (sla.md #25, R24)", () => {
    const story = new LineStory();
    deepEqual(story.incoming(), ["180 caller"]);
    equal(story.line.phase, "ringing");
  });

  it("is answered by a handset (sla.md #26)", () => {
    const story = new LineStory();
    story.incoming();
    deepEqual(story.answer(3), ["answer caller", "join caller", "join r3"]);
    deepEqual(story.left("r3"), ["part caller", "caller = SUCCESS"]);
    equal(story.line.phase, "idle");
  });

  it("is answered by its key (sla.md #27)", () => {
    const story = new LineStory();
    story.incoming();
    deepEqual(story.press(2), ["answer caller", "join caller", "answer s2", "join s2"]);
  });

  it("has one winner of two answers (sla.md #28)", () => {
    const story = new LineStory();
    story.incoming();
    story.answer(1);
    deepEqual(story.answer(2), ["release r2: completed elsewhere"]);
  });

  it("is over when the caller gives up (sla.md #29)", () => {
    const story = new LineStory();
    story.incoming();
    deepEqual(story.left("caller"), ["caller = UNANSWERED (gone)"]);
    equal(story.line.phase, "idle");
  });

  it("gives the caller back to the dialplan in time (sla.md #30, R29)", () => {
    const story = new LineStory({ ...LINE1, ringTimeoutMs: 20_000 });
    story.incoming();
    story.at = 19_999;
    deepEqual(story.tell({ type: "timePassed" }), []);
    story.at = 20_000;
    deepEqual(story.tell({ type: "timePassed" }), ["caller = RINGTIMEOUT"]);
    equal(story.line.phase, "idle");
  });

  it("plays music instead of ringing when it is asked to (SLATrunk, option M)", () => {
    const story = new LineStory();
    deepEqual(story.tell({ type: "incoming", leg: "caller", node: "a", musicClass: "jazz" }), ["music on caller (jazz)"]);
    deepEqual(story.answer(1).slice(0, 2), ["music off caller", "answer caller"]);
  });

  it("takes one call (sla.md #38)", () => {
    const story = new LineStory();
    story.incoming();
    deepEqual(story.incoming("second"), ["second = FAILURE 486 line in use"]);
    story.answer(1);
    deepEqual(story.incoming("third"), ["third = FAILURE 486 line in use"]);
    equal(story.line.phase, "up");
  });
});
