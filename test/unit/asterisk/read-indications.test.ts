import assert from "node:assert/strict";
import { parseConf } from "#asterisk/conf/parse-conf";
import { readIndications, type IndicationsReading } from "#asterisk/read-indications";
import { linesOf } from "./conf-of.ts";

function read(...lines: string[]): IndicationsReading {
  return readIndications(parseConf(lines.join("\n"), "indications.conf").conf);
}

describe("readIndications", () => {
  it("reads the country and zones with their tones as they are written", () => {
    const reading = read(
      "[general]",
      "country = UK",
      "[Home]",
      "description = Here",
      "ringcadence = 2000,4000",
      "Dial = 350|!0/5",
    );
    assert.deepEqual(linesOf(reading), []);
    assert.deepEqual(reading.indications, {
      country: "uk",
      zones: [{ name: "home", description: "Here", ringCadence: [2000, 4000], tones: [{ name: "dial", list: "350|!0/5" }] }],
    });
  });

  it("is us without a file, and without a word", () => {
    assert.deepEqual(read(), { indications: { country: "us", zones: [] }, diagnostics: [] });
  });

  it("names a tone that cannot be played at its place, and hears the built-in one (CONF-W31)", () => {
    const reading = read("[us]", "busy = 480+620/500, 0x/500", "dial = 350");
    assert.deepEqual(linesOf(reading), [
      'indications.conf:2:21 CONF-W31 tone busy of [us]: "0x/500" is not of the form [!]hertz[+hertz][/milliseconds]: the built-in tone is used, write for example 480+620/500,0/500',
    ]);
    assert.deepEqual(reading.indications.zones[0]?.tones, [{ name: "dial", list: "350" }]);
  });

  it("names a country without a zone, a bad cadence, and what it does not know (CONF-W30, W32, W34, I31)", () => {
    const reading = read(
      "[general]",
      "country = fra",
      "nation = x",
      "[us]",
      "ringcadence = 2000;x",
      "[uk]",
      "ringcadence = long",
      "busi = 350",
    );
    assert.deepEqual(linesOf(reading), [
      'indications.conf:2:11 CONF-W32 country "fra" has no zone (did you mean "fr"?): us is used, add [fra]',
      "indications.conf:3:1 CONF-W34 nation is not known in [general]: it is ignored, only country is read",
      'indications.conf:7:15 CONF-W30 ringcadence "long" of [uk] is no list of milliseconds: the built-in one is used, write for example 2000,4000',
      'indications.conf:8:1 CONF-I31 tone busi of [uk] is no usual one (did you mean "busy"?): only Playtones and Read find it',
    ]);
    assert.equal(reading.indications.country, "us");
  });

  it("follows the alias of older files once, to a zone of the file or a built-in one (CONF-W33)", () => {
    const reading = read("[a]", "alias = B", "[b]", "dial = 1", "[c]", "alias = fr", "[d]", "alias = a", "[e]", "alias = e");
    assert.deepEqual(
      reading.indications.zones.map(({ name, tones }) => `${name} ${tones[0]?.list ?? ""}`),
      ["a 1", "b 1", "c 440", "d ", "e "],
    );
    assert.deepEqual(
      reading.diagnostics.map(({ line, code }) => `${line} ${code}`),
      ["8 CONF-W33", "10 CONF-W33"],
    );
  });

  it("reads no more zones and tones than anybody plays (CONF-W35)", () => {
    const zones = Array.from({ length: 501 }, (_, index) => `[z${index}]`);
    const tones = Array.from({ length: 101 }, (_, index) => `t${index} = 350`);
    const reading = read(...zones, "[z0]", ...tones);
    assert.equal(reading.indications.zones.length, 500);
    assert.equal(reading.indications.zones[0]?.tones.length, 100);
    assert.deepEqual(
      reading.diagnostics.map(({ line, code }) => `${line} ${code}`),
      ["501 CONF-W35", "603 CONF-W35"],
    );
  });
});
