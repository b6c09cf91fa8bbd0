import assert from "node:assert/strict";
import fc from "fast-check";
import { aggregate } from "#domain/lamp/aggregate";
import { DEVICE_STATES, type DeviceDialog, type DeviceState, type Slots } from "#domain/lamp/device-state";
import { LampBoard } from "#domain/lamp/lamp-board";
import type { LampView } from "#domain/lamp/lamp-view";
import { applyReport, clearSlot, expireSlots, NO_SLOTS } from "#domain/lamp/slots";
import type { Hint } from "#domain/site/site";

const DEVICES = ["SIP/a", "SIP/b", "SLA:s_t", "Custom:x", "__proto__", "Publish:1", "Publish:1@c", "Publish:constructor"];
const SOURCES = ["api", "registrar", "line"];

const state = fc.constantFrom(...DEVICE_STATES);
const device = fc.constantFrom(...DEVICES);
const dialogs: fc.Arbitrary<DeviceDialog[]> = fc.array(
  fc.record(
    { id: fc.constantFrom("1", "2"), direction: fc.constantFrom("initiator", "recipient"), held: fc.boolean() },
    // Dialogs come out of JSON: a prototype of their own would be a difference that no reader of the board can see.
    { noNullPrototype: true },
  ),
  { maxLength: 2 },
);
const change = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("report" as const),
      device,
      source: fc.constantFrom(...SOURCES),
      state,
      dialogs,
      ttl: fc.option(fc.integer({ min: 1, max: 5 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("clear" as const), device, source: fc.constantFrom(...SOURCES) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("expire" as const), device }) },
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const hints: fc.Arbitrary<Hint[]> = fc.array(
  fc.record({
    extension: fc.constantFrom("1", "2", "3", "constructor"),
    context: fc.constantFrom("c", "d"),
    devices: fc.array(device, { maxLength: 3 }),
    origin: fc.constant("test"),
  }),
  { maxLength: 6 },
);

function defaultState(name: string): DeviceState {
  return DEVICE_STATES[name.length % DEVICE_STATES.length] ?? "INVALID";
}

function apply(slots: Slots, next: Change, at: number): Slots {
  if (next.type === "clear") return clearSlot(slots, next.source);
  if (next.type === "expire") return expireSlots(slots, at);
  const expiry = next.ttl === null ? {} : { expiresAt: at + next.ttl };
  return applyReport(slots, next.source, { state: next.state, cause: "test", dialogs: next.dialogs, ...expiry }, at);
}

function withoutSince(views: readonly LampView[]): unknown {
  return views.map(({ extension, context, state: shown, dialogs: calls }) => ({ extension, context, shown, calls }));
}

describe("lamps after any order of changes", () => {
  it("are what a board made from the same facts shows; changed = exactly those that differ", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 12, arbitrary: change }, { weight: 1, arbitrary: hints }), { maxLength: 40 }),
        hints,
        (steps, first) => {
          const board = new LampBoard();
          let current = first;
          board.replaceHints(first, defaultState, 0);
          for (const [at, next] of steps.entries()) {
            const before = new Map(board.lamps().map((view) => [JSON.stringify([view.extension, view.context]), view]));
            if (Array.isArray(next)) {
              current = next;
              const changes = board.replaceHints(next, defaultState, at);
              assert.equal(before.size + changes.added.length - changes.removed.length, board.lamps().length);
            } else {
              const changed = board.setDeviceSlots(next.device, apply(board.deviceSlots(next.device), next, at), at);
              const differing = board
                .lamps()
                .filter((view) => before.get(JSON.stringify([view.extension, view.context])) !== view);
              assert.deepEqual(new Set(changed), new Set(differing));
              assert.equal(changed.length, differing.length);
              for (const view of changed) {
                const old = before.get(JSON.stringify([view.extension, view.context]));
                assert.notDeepEqual(old, view);
                assert.equal(view.since, old?.state === view.state ? old.since : at);
              }
            }
          }
          const fresh = new LampBoard();
          for (const name of [...DEVICES].reverse()) {
            // Another order of sources, too.
            fresh.setDeviceSlots(name, Object.fromEntries(Object.entries(board.deviceSlots(name)).reverse()), 0);
          }
          fresh.replaceHints(current, defaultState, 0);
          assert.deepEqual(withoutSince(board.lamps()), withoutSince(fresh.lamps()));
        },
      ),
      { numRuns: 2000 },
    );
  }).timeout(20_000);
});

describe("slots under any report", () => {
  it("are the same object exactly when they are equal", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        let slots = NO_SLOTS;
        for (const [at, next] of changes.entries()) {
          const after = apply(slots, next, at);
          if (after !== slots) assert.notDeepEqual(after, slots);
          slots = after;
        }
      }),
      { numRuns: 2000 },
    );
  }).timeout(20_000);
});

describe("aggregation", () => {
  it("does not depend on order or grouping", () => {
    fc.assert(
      fc.property(fc.array(state, { maxLength: 6 }), fc.array(state, { maxLength: 6 }), (left, right) => {
        const whole = aggregate([...left, ...right]);
        assert.equal(aggregate([...right, ...left].reverse()), whole);
        assert.equal(aggregate([aggregate(left), aggregate(right)]), whole);
      }),
      { numRuns: 2000 },
    );
  });
});
