import assert from "node:assert/strict";
import { LAMP_TABLES } from "#sim/lamps/lamp-patterns";
import type { LampName } from "#sim/lamps/lamp";
import { columnsOf, cutToColumns } from "#sim/terminal/columns";
import { ansiPaint, drawPhones, type Paint } from "#sim/terminal/draw-phones";
import { LiveScreen } from "#sim/terminal/live-screen";
import { lampLine, type KeyView, type PhoneView } from "#sim/terminal/phone-view";
import { FakeClock } from "#test/support/fake-clock";

const SIZE = { columns: 80, rows: 24 };
const plain: Paint = (_colour, text) => text;
const lettered: Paint = (colour) => colour.charAt(0);

function key(lamp: LampName, label = "L1"): KeyView {
  return { label, lamp, pattern: LAMP_TABLES.vvx[lamp] };
}

function phone(changes: Partial<PhoneView> = {}): PhoneView {
  return {
    mac: "0000ffff0005",
    model: "VVX_400",
    label: "ATDG5",
    status: "registered",
    keys: [key("ringing"), key("idle", "L2")],
    violations: [],
    ...changes,
  };
}

function draw(phones: readonly PhoneView[], size = SIZE, atMs = 0, paint = plain): string[] {
  return drawPhones({ title: "two phones", phones, hint: "Ctrl-C ends" }, size, atMs, paint);
}

describe("phones on a terminal", () => {
  it("are boxes with a lamp for each key", () => {
    assert.deepEqual(draw([phone()]), [
      "two phones",
      "┌ 0000ffff0005 ───────── VVX_400 ┐",
      "│ ATDG5               registered │",
      "│ ● L1                   ringing │",
      "│ ○ L2                      idle │",
      "└────────────────────────────────┘",
      "Ctrl-C ends",
    ]);
  });

  it("show the colour of the moment", () => {
    const keys = (["ringing", "busy", "held", "idle"] as const).map((lamp) => key(lamp));
    const lampsAt = (atMs: number): string =>
      draw([phone({ keys })], SIZE, atMs, lettered)
        .slice(3, 7)
        .map((line) => line.charAt(2))
        .join("");
    assert.deepEqual([0, 500, 1000].map(lampsAt), ["grro", "rrro", "groo"]);
    assert.equal(ansiPaint("red", "●"), "\x1b[31;1m●\x1b[0m");
  });

  it("stand side by side as far as the window goes, and below one another in a narrow one", () => {
    const two = [phone(), phone({ mac: "0000ffff0006", keys: [key("idle")] })];
    assert.equal(draw(two).length, 7);
    assert.equal(draw(two, { columns: 69, rows: 24 }).length, 2 + 5 + 4);
    for (const columns of [20, 25, 34, 60, 70, 200])
      for (const line of draw(two, { columns, rows: 24 })) assert.ok(columnsOf(line) <= columns, `${columns}: ${line}`);
  });

  it("fill the window and never more, and say that something is hidden", () => {
    const many = Array.from({ length: 100 }, () => phone());
    for (const rows of [1, 2, 3, 10, 24]) assert.equal(draw(many, { columns: 80, rows }).length, rows);
    const shown = draw(many);
    assert.equal(shown.at(-2), "… more: make the window larger");
    assert.equal(shown.at(-1), "Ctrl-C ends");
  });

  it("tell troubles in whole sentences below, five at most", () => {
    const trouble = phone({ status: "register: 100 at 10.0.0.1: 403 Forbidden", violations: ["old", "version went back"] });
    const shown = draw([trouble]);
    assert.ok(shown.includes("0000ffff0005: register: 100 at 10.0.0.1: 403 Forbidden"));
    assert.ok(shown.includes("0000ffff0005: a real phone would not like this (2): version went back"));
    assert.equal(draw([trouble, trouble, trouble]).filter((line) => /^0000|^…/.test(line)).length, 5);
    assert.ok(draw([trouble, trouble, trouble]).includes("… and 2 more"));
  });

  it("let no label steer the terminal or break the box", () => {
    const nasty = [
      "\x1b[2J\x1b]0;owned\x07",
      "a\nb\r\tc",
      "\u202eevil",
      "日本語のとても長いラベルです日本語",
      "☎️🔔 Tür",
      "e\u0301".repeat(40),
      "x".repeat(300),
    ];
    for (const label of nasty) {
      const lines = draw([phone({ label, keys: [key("busy", label)], status: label })]);
      for (const line of lines) assert.ok(!/\p{Cc}|\u202e/u.test(line), JSON.stringify(line));
      for (const line of lines.slice(1, 5)) assert.equal(columnsOf(line), 34, line);
    }
  });

  it("are lines of four words where nothing can be drawn", () => {
    assert.equal(lampLine("0000ffff0005", key("held")), "0000ffff0005 L1 held slow red flash");
    assert.equal(lampLine("0000ffff0005", key("busyRinging", "a\nb")), "0000ffff0005 a?b busy+ringing green/red flash");
  });
});

describe("texts in columns", () => {
  it("are counted as a terminal does", () => {
    for (const [text, columns] of [
      ["", 0],
      ["abc", 3],
      ["日本", 4],
      ["e\u0301", 1],
      ["🔔", 2],
      ["ｗ", 2],
    ] as const)
      assert.equal(columnsOf(text), columns, text);
  });

  it("are cut with an ellipsis, never through a wide character", () => {
    for (const [max, cut] of [
      [6, "日本語"],
      [5, "日本…"],
      [4, "日…"],
      [2, "…"],
      [1, "…"],
      [0, ""],
    ] as const) {
      assert.equal(cutToColumns("日本語", max), cut);
      assert.ok(columnsOf(cut) <= max);
    }
  });
});

describe("a live screen", () => {
  let clock: FakeClock;
  let written: string[];
  let resized: () => void;
  let phones: PhoneView[];
  let screen: LiveScreen;
  beforeEach(() => {
    // A whole second, so that the patterns begin anew.
    clock = new FakeClock(1_700_000_000_000);
    written = [];
    phones = [phone({ keys: [key("idle")] })];
    screen = new LiveScreen(
      { write: (text) => written.push(text), size: SIZE, onResize: (listener) => (resized = listener) },
      clock,
      () => ({ title: "t", phones, hint: "h" }),
    );
  });

  it("takes the whole window and gives it back as it was", () => {
    clock.advance(1000);
    screen.close();
    screen.close();
    assert.equal(written[0], "\x1b[?1049h\x1b[?25l");
    assert.equal(written.at(-1), "\x1b[?25h\x1b[?1049l");
    assert.equal(written.length, 3);
    screen.changed();
    assert.equal(clock.pending, 0);
  });

  it("draws a change within a frame, many changes once, and nothing when nothing looks different", () => {
    clock.advance(1000);
    phones = [phone({ keys: [key("busy")] })];
    for (let count = 0; count < 10; count += 1) screen.changed();
    clock.advance(40);
    assert.equal(written.length, 3);
    screen.changed();
    clock.advance(1000);
    assert.equal(written.length, 3);
    assert.equal(clock.pending, 0, "steady lamps need no clock");
  });

  it("draws a blinking lamp at the moments when it changes", () => {
    phones = [phone({ keys: [key("ringing"), key("held")] })];
    clock.advance(100);
    const start = clock.now();
    const moments: number[] = [];
    while (moments.length < 4) {
      const before = written.length;
      clock.advance(1);
      if (written.length > before) moments.push(clock.now() - start + 100);
    }
    assert.deepEqual(moments, [500, 1000, 1500, 2000]);
    screen.close();
    assert.equal(clock.pending, 0);
  });

  it("draws anew when the window has another size", () => {
    clock.advance(1000);
    const before = written.length;
    resized();
    clock.advance(40);
    assert.equal(written.length, before + 1);
  });
});
