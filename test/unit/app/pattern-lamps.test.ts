import assert from "node:assert/strict";
import { PATTERN_LAMPS_MAX, PatternLamps } from "#app/pattern-lamps";
import { LampBoard } from "#domain/lamp/lamp-board";
import type { Hint } from "#domain/site/site";
import { HintIndex } from "#domain/site/visible-hint";
import { siteOf } from "../domain/site/site-of.ts";

const PATTERN: Hint = { extension: "_XXXXX", context: "phones", devices: ["SIP/${EXTEN}"], origin: "extensions.conf:1" };

function extensionOf(at: number): string {
  return String(at).padStart(5, "0");
}

describe("lamps of patterns", () => {
  const index = new HintIndex(siteOf({ hints: [PATTERN] }));

  function lampOf(at: number): Hint {
    const hint = index.in("phones", extensionOf(at));
    assert.ok(hint !== undefined);
    return hint;
  }

  it("forgets those that nobody watches when there are too many, and says which", () => {
    const board = new LampBoard();
    const forgotten: string[] = [];
    const lamps = new PatternLamps(board, {
      isWatched: ({ extension }) => extension.endsWith("7"),
      forgotten: ({ extension }) => {
        forgotten.push(extension);
      },
    });
    for (let at = 0; at < PATTERN_LAMPS_MAX; at += 1) lamps.add(lampOf(at), 0);
    assert.deepEqual(forgotten, []);
    lamps.add(lampOf(PATTERN_LAMPS_MAX), 0);
    assert.equal(forgotten.length, PATTERN_LAMPS_MAX * 0.9);
    assert.equal(board.lamp("00001", "phones"), undefined);
    assert.equal(board.lamp("00007", "phones")?.extension, "00007");
    assert.equal([...board.devices()].length, PATTERN_LAMPS_MAX / 10 + 1);
  });

  it("keeps through a reload what a pattern still gives, by its new devices", () => {
    const board = new LampBoard();
    const lamps = new PatternLamps(board, { isWatched: () => true, forgotten: () => undefined });
    lamps.add(lampOf(1), 0);
    lamps.add(lampOf(90_001), 0);
    const next = new HintIndex(siteOf({ hints: [{ ...PATTERN, extension: "_0XXXX", devices: ["PJSIP/${EXTEN}"] }] }));
    assert.deepEqual(
      lamps.under(next).map(({ extension, devices }) => `${extension} ${devices.join()}`),
      ["00001 PJSIP/00001"],
    );
    assert.deepEqual(lamps.under(new HintIndex(siteOf({}))), []);
  });
});
