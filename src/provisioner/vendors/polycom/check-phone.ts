import type { PhoneView } from "../../phone-view.ts";
import type { Capabilities, PhoneProblem } from "../../vendor.ts";
import { knows, modelOf, type PolycomModel } from "./models.ts";
import { parametersOf, type Parameter } from "./parameters.ts";

/** Characters of addresses, labels, users and passwords (polycom.md §1.6). */
const VALUE_MAX_CHARACTERS = 256;
const REGISTRATIONS_MAX = 34;
/** Watched keys of release 4.0.15; no larger number is documented for later ones. */
const KEYS_MAX = 48;
/** Static watched keys (polycom.md §3.5) and held lamps (§4.2) exist from these releases on. */
const WATCHED_KEYS_SINCE = "3.2";
const HELD_LAMP_SINCE = "5.9";

/** Characters that no XML 1.0 document can hold, and halves of a pair: the phone would get something else than was written. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Cs}]/u;

/** What the model can do with keys. */
export function capabilitiesOf(phone: PhoneView): Capabilities {
  const model = modelOf(phone.model);
  const keys = model.lineKeys === null ? undefined : model.lineKeys + model.moduleKeys;
  const watches = knows(model.release, WATCHED_KEYS_SINCE) && model.family !== "soundstation";
  return { keys, watchedKeysMax: watches ? KEYS_MAX : 0, heldLamp: knows(model.release, HELD_LAMP_SINCE) };
}

/** Everything about a phone that its files or its model do not take. */
export function checkPhone(phone: PhoneView): readonly PhoneProblem[] {
  const model = modelOf(phone.model);
  return [
    ...countProblems(phone),
    ...parametersOf(phone, model).flatMap((parameter) => valueProblem(parameter) ?? []),
    ...keyProblems(phone, model),
  ];
}

/** The first thing that prevents a file, if any: what is asked for at every rendering. */
export function preventionOf(phone: PhoneView, parameters: readonly Parameter[]): PhoneProblem | undefined {
  const [count] = countProblems(phone);
  if (count !== undefined) return count;
  for (const parameter of parameters) {
    const problem = valueProblem(parameter);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function countProblems({ registrations, keys }: PhoneView): readonly PhoneProblem[] {
  return [
    { field: "registrations", count: registrations.length, max: REGISTRATIONS_MAX },
    { field: "keys", count: keys.length, max: KEYS_MAX },
  ]
    .filter(({ count, max }) => count > max)
    .map(({ field, count, max }) => ({ field, message: `${field}: there are ${count}, a phone takes ${max}`, prevents: true }));
}

function valueProblem({ field, name, value, range }: Parameter): PhoneProblem | undefined {
  if (field === undefined) return undefined;
  const wrong = range === undefined ? wrongText(value) : wrongNumber(value, range);
  return wrong === undefined ? undefined : { field, message: `${field} (${name}) ${wrong}`, prevents: true };
}

function wrongText(value: string): string | undefined {
  // Every character is one or two units: short ones need no counting.
  if (value.length > VALUE_MAX_CHARACTERS) {
    const count = Array.from(value).length;
    if (count > VALUE_MAX_CHARACTERS) return `has ${count} characters, a phone takes ${VALUE_MAX_CHARACTERS}`;
  }
  return UNPRINTABLE.test(value) ? "has a control character that no XML file can hold" : undefined;
}

function wrongNumber(value: string, [from, to]: readonly [number, number]): string | undefined {
  const number = Number(value);
  const fits = Number.isInteger(number) && number >= from && number <= to;
  return fits ? undefined : `is no whole number from ${from} to ${to}`;
}

/** The phone works with too many keys; the last ones are not shown (polycom.md §5.7). */
function keyProblems(phone: PhoneView, model: PolycomModel): readonly PhoneProblem[] {
  const { keys, watchedKeysMax } = capabilitiesOf(phone);
  if (phone.keys.length > 0 && watchedKeysMax === 0)
    return [{ field: "keys", message: `keys: ${model.name} has no lamps for them`, prevents: false }];
  const needed = phone.registrations.length + phone.keys.length;
  if (keys === undefined || needed <= keys) return [];
  return [{ field: "keys", message: `keys: ${needed} keys are needed, ${model.name} has ${keys}`, prevents: false }];
}
