import assert from "node:assert/strict";
import fc from "fast-check";
import { readXml } from "#base/xml/read-xml";
import type { DeviceDialog } from "#domain/lamp/device-state";
import type { LampView } from "#domain/lamp/lamp-view";
import { PROFILE_NAMES } from "#domain/lamp/phone-profiles";
import { LAMP_PACKAGES } from "#test/conformance/event-package/hostile-bodies";
import { splicedBody } from "#test/support/spliced-body";
import { tellings, wholeDocument } from "#test/support/tellings";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.string({ unit: fc.constantFrom("&", "<", '"', "]]>", "\ue000", "\ue001", "\ud83d", "\n", "&#0;", "a") }),
);
const state = fc.constantFrom<LampView["state"]>("Idle", "InUse", "Busy", "Unavailable", "Ringing", "InUse&Ringing", "Hold");

const dialog = fc
  .record({
    id: text,
    direction: fc.constantFrom("initiator" as const, "recipient" as const),
    remote: fc.record({ uri: text, name: text, target: text }),
    held: fc.boolean(),
    phase: fc.constantFrom("early" as const, "trying" as const, undefined),
  })
  .map(({ phase, ...rest }): DeviceDialog => (phase === undefined ? rest : { ...rest, phase }));

/** Dialogs of a document that are not over. */
const live = (body: string): string[] =>
  [...body.matchAll(/<dialog id="([^"]*)"[^>]*><state>(\w+)/g)].flatMap(([, id, state]) =>
    state === "terminated" ? [] : [`${id ?? ""} ${state ?? ""}`],
  );

const lamp: fc.Arbitrary<LampView> = fc.record({
  extension: fc.string({ minLength: 1, maxLength: 30 }),
  context: fc.constant("default"),
  state,
  since: fc.constant(0),
  dialogs: fc.array(dialog, { maxLength: 2 }),
});

describe("documents of any lamp", () => {
  for (const eventPackage of LAMP_PACKAGES) {
    const contentType = eventPackage.contentTypes[0] ?? "";
    const profile = fc.constantFrom(...PROFILE_NAMES, "a profile of a later version");

    it(`${eventPackage.name}: can be read, hold their entity and no mark, and stay short`, () => {
      fc.assert(
        fc.property(lamp, profile, fc.string({ maxLength: 30 }), (view, name, user) => {
          const entity = `sip:${user}@pbx.example`;
          const template = wholeDocument(eventPackage, view, name, contentType);
          const whole = Buffer.from(splicedBody(template, 7, entity), "latin1").toString("utf8");
          const read = readXml(whole);
          assert.ok(read.ok, read.ok ? "" : read.error);
          assert.equal(read.value.attributes?.["entity"], entity);
          assert.ok(!/[\ue000-\ue002]/.test(whole));
          assert.ok(whole.length <= 1000);
        }),
        { numRuns: 2000 },
      );
    });

    it(`${eventPackage.name}: a move is told when, and only when, the last document differs from the one shown (D-9, D-12)`, () => {
      fc.assert(
        fc.property(lamp, lamp, profile, (before, after, name) => {
          const here = { ...after, extension: before.extension };
          const full = (view: LampView): string =>
            splicedBody(wholeDocument(eventPackage, view, name, contentType), 7, "sip:x@h");
          const move = tellings(eventPackage, before, here, name, contentType).map((template) =>
            splicedBody(template, 7, "sip:x@h"),
          );
          if (full(before) === full(here)) assert.deepEqual(move, []);
          // Where each call has an id, those that are over are told besides.
          else if (name === "all") assert.deepEqual(live(move.at(-1) ?? ""), live(full(here)));
          else assert.equal(move.at(-1), full(here));
        }),
        { numRuns: 2000 },
      );
    });
  }
});
