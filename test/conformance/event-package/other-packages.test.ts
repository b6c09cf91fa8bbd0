import assert from "node:assert/strict";
import { PROFILE_NAMES } from "#domain/lamp/phone-profiles";
import { EVENT_PACKAGES } from "#event-packages/registry";
import { splicedBody } from "#test/support/spliced-body";
import { tellings, wholeDocument } from "#test/support/tellings";
import { readBody } from "./body-reader.ts";
import { LAMP_PACKAGES } from "./hostile-bodies.ts";
import { ENTITIES } from "./hostile-lamps.ts";
import { HOSTILE_STATES } from "./hostile-states.ts";

describe("event packages of other things than lamps", () => {
  it("are all looked at here", () => {
    const names = [...LAMP_PACKAGES.map(({ name }) => name), ...Object.keys(HOSTILE_STATES)];
    assert.deepEqual(
      EVENT_PACKAGES.map(({ name }) => name),
      names,
    );
  });

  for (const eventPackage of EVENT_PACKAGES) {
    const states: readonly unknown[] | undefined = HOSTILE_STATES[eventPackage.name];
    if (states === undefined) continue;

    const cases = PROFILE_NAMES.flatMap((profile) =>
      (eventPackage.contentTypes.length === 0 ? [""] : eventPackage.contentTypes).flatMap((contentType) =>
        states.flatMap((state, at) => ENTITIES.map((entity) => ({ profile, contentType, state, at, entity }))),
      ),
    );

    it(`${eventPackage.name}: every document is whole, names its entity, has no mark and breaks no line of a header`, () => {
      for (const { profile, contentType, state, at, entity } of cases) {
        const label = `${profile} ${contentType} state ${at} ${entity}`;
        const template = wholeDocument(eventPackage, state, profile, contentType);
        // A package without bodies has no piece at all.
        assert.equal(template.pieces.length, contentType === "" ? 0 : template.holes.length + 1, label);
        assert.match(template.headers ?? "", /^(?:[A-Za-z-]+: [^\r\n]*\r\n)*$/, label);
        assert.match(template.ownHeaders?.("pbx.example") ?? "", /^(?:[A-Za-z-]+: [^\r\n\0]*\r\n)*$/, label);
        const body = splicedBody(template, 5, entity);
        assert.ok(!/[\ue000-\ue003]/.test(Buffer.from(body, "latin1").toString("utf8")), label);
        if (template.contentType?.endsWith("+xml") === true) readBody(body, label);
        if (template.holes.length > 0) assert.ok(body.includes(entity.slice(0, 4)), label);
      }
    });

    it(`${eventPackage.name}: what looks the same is not told (D-9), what differs is told as a whole (D-12)`, () => {
      const contentType = eventPackage.contentTypes[0] ?? "";
      const full = (state: unknown): string =>
        splicedBody(wholeDocument(eventPackage, state, "single", contentType), 5, "sip:x@h");
      for (const before of states)
        for (const after of states) {
          const told = tellings(eventPackage, before, after, "single", contentType).map((one) => splicedBody(one, 5, "sip:x@h"));
          if (told.length === 0) assert.equal(full(before), full(after));
          // It tells each feature by itself: what differs is told, no more.
          else if (eventPackage.name === "as-feature-event") assert.notEqual(full(before), full(after));
          else assert.equal(told.at(-1), full(after));
        }
    });
  }
});
