import { list, mapSchema, numbers, recordSchema, text, whole, written } from "./kinds.ts";

/** A line of extensions.conf is no longer. */
const RUN_MAX_CHARACTERS = 8190;
const INCLUDES_MAX = 1000;
const DEVICES_MAX = 50;
const CADENCE_MAX = 100;
const MS_MAX = 86_400_000;
const PRIORITY_MAX = 1_000_000;

/** Devices of a hint; the reader says what is wrong with them. */
export const hintDevices = list("Devices whose state the lamp shows", text("Tech/resource"), DEVICES_MAX);

/** A step of an extension, where its application alone does not say it. */
export const STEP_FIELDS = {
  priority: whole("Its number; absent: one more than the step above", 1, PRIORITY_MAX),
  label: text("What Goto may call it"),
  run: text("Application(arguments)", { max: RUN_MAX_CHARACTERS }),
};

const step = { anyOf: [STEP_FIELDS.run.schema, recordSchema("A step", STEP_FIELDS)] };

/** Another context whose extensions are found too. */
export const INCLUDE_FIELDS = {
  context: text("Its name"),
  times: text("Times it holds at, which are not kept to", { max: RUN_MAX_CHARACTERS }),
};

const include = { anyOf: [text("Name of a context").schema, recordSchema("An include", INCLUDE_FIELDS)] };

/** A context of the dialplan. */
export const CONTEXT_FIELDS = {
  include: written({
    description: "Contexts searched after this one, in order",
    anyOf: [{ type: "array", items: include }, include],
  }),
  ignorePatterns: list("Numbers after which the dial tone goes on (ignorepat)", text("A pattern"), INCLUDES_MAX),
  hints: written(mapSchema('"100": [Tech/resource, …]', hintDevices.schema)),
  extensions: written(
    mapSchema('Extension, pattern (_X.) or "EXTENSION/CALLER": its steps', { anyOf: [{ type: "array", items: step }, step] }),
  ),
};

/** A variable of [globals]. */
export const globalValue = text("Its value", { max: RUN_MAX_CHARACTERS, mayBeEmpty: true });

/** The list of a tone. */
export const toneList = text("Tone list: 480+620/500,0/500", { max: RUN_MAX_CHARACTERS });

/** The tones of one country. */
export const zoneFields = {
  description: text("Its name in words", { mayBeEmpty: true }),
  ringcadence: numbers("Milliseconds of ringing and silence in turn: [2000, 4000]", 0, MS_MAX, CADENCE_MAX),
  tones: written(mapSchema("dial, busy, ring, congestion, …: tone list", toneList.schema)),
};
