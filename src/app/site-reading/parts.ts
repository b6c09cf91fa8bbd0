/** Values that one part carries at most, as long as no single one is longer: taking one apart must not be felt by whoever serves phones. */
const PART_MAX = 4000;
/** Characters that count as one value. */
const CHARACTERS = 100;

/** A piece of a tree of plain lists and objects: values of the list that is open, a field of the object that is open, or where one begins and ends. */
export type Part =
  | { readonly type: "values"; readonly values: readonly unknown[] }
  | { readonly type: "field"; readonly name: string; readonly value: unknown }
  | { readonly type: "list" | "object"; readonly name: string }
  | { readonly type: "end" };

/** Takes a tree apart into pieces of bearable size, made one after the other. */
export function* partsOf(value: unknown, name = ""): Generator<Part> {
  if (sizeOf(value) < PART_MAX || typeof value !== "object" || value === null) {
    yield { type: "field", name, value };
    return;
  }
  yield { type: Array.isArray(value) ? "list" : "object", name };
  if (Array.isArray(value)) yield* partsOfList(value);
  else for (const [field, own] of Object.entries(value)) yield* partsOf(own, field);
  yield { type: "end" };
}

function* partsOfList(list: readonly unknown[]): Generator<Part> {
  let [values, size]: [unknown[], number] = [[], 0];
  for (const value of list) {
    const own = sizeOf(value);
    if (size + own >= PART_MAX && values.length > 0) {
      yield { type: "values", values };
      [values, size] = [[], 0];
    }
    if (own >= PART_MAX) yield* partsOf(value);
    else {
      values.push(value);
      size += own;
    }
  }
  if (values.length > 0) yield { type: "values", values };
}

/** How many values there are in it; not counted further than a part may have. */
function sizeOf(value: unknown): number {
  const waiting = [value];
  let size = 0;
  for (let next = waiting.pop(); size < PART_MAX; next = waiting.pop()) {
    size += typeof next === "string" ? 1 + Math.floor(next.length / CHARACTERS) : 1;
    if (typeof next === "object" && next !== null) {
      const inside: readonly unknown[] = Array.isArray(next) ? next : Object.values(next);
      if (inside.length > PART_MAX) return PART_MAX;
      waiting.push(...inside);
    }
    if (waiting.length === 0) return size;
  }
  return PART_MAX;
}

/** Puts a tree together again from its parts. */
export class PartsJoined {
  readonly #root: Record<string, unknown> = {};
  readonly #open: (unknown[] | Record<string, unknown>)[] = [this.#root];

  /** The tree, once all parts are there. */
  get value(): unknown {
    return this.#root[""];
  }

  add(part: Part): void {
    const open = this.#open.at(-1) ?? this.#root;
    if (part.type === "end") this.#open.pop();
    else if (part.type === "values") {
      if (Array.isArray(open)) for (const value of part.values) open.push(value);
    } else {
      const value: unknown = part.type === "field" ? part.value : part.type === "list" ? [] : {};
      if (Array.isArray(open)) open.push(value);
      else open[part.name] = value;
      if (part.type !== "field") this.#open.push(value as unknown[] | Record<string, unknown>);
    }
  }
}
