import assert from "node:assert/strict";
import { parseEvent } from "#sip/message/event-header";

const read = (text: string): readonly [string, string | undefined] | string => {
  const event = parseEvent(text);
  return event.ok ? [event.value.package, event.value.id] : event.error;
};

describe("parseEvent", () => {
  it("reads package and id, in any case and with blanks", () => {
    assert.deepEqual(read("dialog"), ["dialog", undefined]);
    assert.deepEqual(read(" Dialog ; ID = a%7 ;sla"), ["dialog", "a%7"]);
    assert.deepEqual(read('presence.winfo;id="7"'), ["presence.winfo", "7"]);
  });

  it("keeps other parameters", () => {
    const event = parseEvent("dialog;sla;include-session-description;call-id=x");
    assert.deepEqual(event.ok ? [...event.value.parameters.keys()] : [], ["sla", "include-session-description", "call-id"]);
  });

  it("refuses a package or an id that is no token", () => {
    for (const text of ["", " ", ";id=1", "dia log", "dialog,presence", '"dialog"', "dia\0log", "dialog/x"])
      assert.equal(read(text), "Bad Event", text);
    for (const text of ["dialog;id", "dialog;id=", 'dialog;id="a b"', "dialog;id=a@b"])
      assert.equal(read(text), "Bad Event id", text);
  });

  it("takes a package of 64 bytes, not of 65", () => {
    assert.deepEqual(read("p".repeat(64)), ["p".repeat(64), undefined]);
    assert.equal(read("p".repeat(65)), "Bad Event");
  });
});
