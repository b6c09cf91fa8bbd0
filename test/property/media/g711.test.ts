import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type * as Alawmulaw from "alawmulaw";
import { laws } from "#media/g711";

/** Files of tests are loaded in two ways, and only this one gives the same package in both. */
const alawmulaw = createRequire(import.meta.url)("alawmulaw") as typeof Alawmulaw;

describe("G.711, all values of both laws", () => {
  for (const [codec, oracle] of [
    ["PCMU", alawmulaw.mulaw],
    ["PCMA", alawmulaw.alaw],
  ] as const) {
    const law = laws[codec];

    it(`${codec}: every octet and every sample as another implementation has them`, () => {
      for (let octet = 0; octet < 256; octet++) assert.equal(law.linear[octet], oracle.decodeSample(octet) + 0, `${octet}`);
      for (let sample = -32768; sample <= 32767; sample++) {
        assert.equal(law.octets[sample & 0xffff], oracle.encodeSample(sample) & 0xff, `${sample}`);
      }
    });

    it(`${codec}: what was decoded is encoded to the same sound, and none is further off than half a step`, () => {
      for (let octet = 0; octet < 256; octet++) {
        const linear = law.linear[octet]!;
        assert.equal(law.linear[law.octets[linear & 0xffff]!], linear);
      }
      for (let sample = -32000; sample <= 32000; sample++) {
        const heard = law.linear[law.octets[sample & 0xffff]!]!;
        assert.ok(Math.abs(heard - sample) <= Math.max(8, Math.abs(sample) / 31 + 4), `${sample} ${heard}`);
      }
    });
  }
});
