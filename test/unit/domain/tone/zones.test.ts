import assert from "node:assert/strict";
import { BUILTIN_ZONES, US_ZONE } from "#domain/tone/builtin-zones";
import { formatToneList, parseToneList } from "#domain/tone/tone-list";
import type { Indications } from "#domain/tone/tone-zone";
import { ringCadenceOf, toneOf } from "#domain/tone/zone-tones";

function listOf(indications: Indications | undefined, name: string, country?: string): string | undefined {
  const tone = toneOf(indications, name, country);
  return tone === undefined ? undefined : formatToneList(tone);
}

describe("tone lists (sla.md §5.7)", () => {
  it("hold added and modulated frequencies, durations, what is played once, and both separators", () => {
    assert.deepEqual(parseToneList("!350+440/100| 400*25 ,0/0"), {
      ok: true,
      value: [
        { frequencies: [350, 440], isModulated: false, milliseconds: 100, isOnce: true },
        { frequencies: [400, 25], isModulated: true, isOnce: false },
        { frequencies: [], isModulated: false, isOnce: false },
      ],
    });
  });

  it("are refused with the element, its place and why", () => {
    const cases: [string, string, number, RegExp][] = [
      ["350+440/100, 35o", "35o", 13, /not of the form/],
      ["", "", 0, /not of the form/],
      ["350,4001", "4001", 4, /above 4000 hertz/],
      ["350/600001", "350/600001", 0, /longer than 600000 milliseconds/],
      ["350+440+480", "350+440+480", 0, /not of the form/],
      [Array(201).fill("0").join(), "0", 400, /more than 200 elements/],
    ];
    for (const [list, element, index, reason] of cases) {
      const parsed = parseToneList(list);
      assert.ok(!parsed.ok, list);
      assert.deepEqual([parsed.error.element, parsed.error.index], [element, index]);
      assert.match(parsed.error.reason, reason);
    }
    assert.ok(parseToneList(Array(200).fill("4000/600000").join()).ok);
  });
});

describe("built-in zones", () => {
  it("are whole, sound and under their own names", () => {
    for (const [name, zone] of BUILTIN_ZONES) {
      assert.match(name, /^[a-z]{2}$/);
      assert.equal(zone.name, name);
      assert.ok(zone.ringCadence.length >= 2 && zone.ringCadence.length % 2 === 0, name);
      assert.deepEqual(
        ["dial", "busy", "ring", "congestion"].filter((tone) => !zone.tones.some((known) => known.name === tone)),
        [],
        name,
      );
      for (const { list } of zone.tones) assert.ok(parseToneList(list).ok, `${name} ${list}`);
    }
    for (const name of ["us", "uk", "br", "de", "fr", "it", "es", "nl", "au", "nz", "jp", "in", "mx"])
      assert.ok(BUILTIN_ZONES.has(name), name);
  });

  it("sound as the reference says (sla.md §5.7)", () => {
    assert.equal(listOf(undefined, "dial"), "350+440");
    assert.equal(listOf(undefined, "busy"), "480+620/500,0/500");
    assert.equal(listOf(undefined, "congestion"), "480+620/250,0/250");
    assert.equal(listOf(undefined, "ring"), "440+480/2000,0/4000");
    assert.equal(listOf(undefined, "dial", "uk"), "350+440");
    assert.equal(listOf(undefined, "dial", "BR"), "425");
  });
});

describe("which tone is heard", () => {
  const indications: Indications = {
    country: "uk",
    zones: [
      {
        name: "uk",
        description: "",
        ringCadence: [],
        tones: [
          { name: "busy", list: "400" },
          { name: "dial", list: "broken" },
        ],
      },
      { name: "xx", description: "", ringCadence: [1, 2], tones: [{ name: "beep", list: "1000/50" }] },
    ],
  };

  it("is the zone's own, else the built-in one of the country, else that of us", () => {
    assert.equal(listOf(indications, "Busy"), "400");
    assert.equal(listOf(indications, "dial"), "350+440");
    assert.equal(listOf(indications, "congestion"), "400/400,0/350,400/225,0/525");
    assert.equal(listOf(indications, "record"), "1400/500,0/15000");
    assert.equal(listOf(indications, "beep", "xx"), "1000/50");
    assert.equal(listOf(indications, "ring", "nowhere"), "440+480/2000,0/4000");
    assert.equal(listOf(indications, "beep"), undefined);
  });

  it("rings by the zone's cadence, else by the same order", () => {
    assert.deepEqual(ringCadenceOf(indications, "xx"), [1, 2]);
    assert.deepEqual(ringCadenceOf(indications), [400, 200, 400, 2000]);
    assert.deepEqual(ringCadenceOf(undefined), US_ZONE.ringCadence);
  });
});
