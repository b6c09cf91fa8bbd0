import { evaluateExpression } from "./expression.ts";
import type { FunctionName } from "./functions.ts";
import { isSupportedFunction } from "./functions.ts";
import type { Slice, Template, TemplatePart } from "./template.ts";

/** Where values come from while a text is filled in. */
export interface Scope {
  /** "" when there is none. */
  variable(name: string): string;
  call(name: FunctionName, args: string): string;
  /** Something gave nothing because it is wrong. */
  warn(text: string): void;
}

/** Characters of a filled-in text, and so of a variable, as in Asterisk (its buffer); what is longer is cut. */
export const VALUE_MAX = 4096;

/** The text with everything filled in (sla.md §5.6). */
export function expand({ parts }: Template, scope: Scope): string {
  return expandParts(parts, scope);
}

function expandParts(parts: readonly TemplatePart[], scope: Scope): string {
  let text = "";
  for (const part of parts) {
    text += typeof part === "string" ? part : expandPart(part, scope);
    if (text.length >= VALUE_MAX) return text.slice(0, VALUE_MAX);
  }
  return text;
}

function expandPart(part: Exclude<TemplatePart, string>, scope: Scope): string {
  switch (part.kind) {
    case "variable":
      return sliced(scope.variable(expandParts(part.name, scope).trim()), part.slice, scope);
    case "function":
      return sliced(callFunction(part.name, expandParts(part.args, scope), scope), part.slice, scope);
    case "expression": {
      const result = evaluateExpression(expandParts(part.text, scope));
      if (result.warning !== undefined) scope.warn(result.warning);
      return result.value;
    }
  }
}

function callFunction(name: string, args: string, scope: Scope): string {
  if (isSupportedFunction(name)) return scope.call(name, args);
  scope.warn(`function ${name} is not supported and gives nothing`);
  return "";
}

function sliced(value: string, slice: Slice | undefined, scope: Scope): string {
  if (slice === undefined) return value;
  const offset = integer(expandParts(slice.offset, scope)) ?? 0;
  const length = slice.length === undefined ? undefined : integer(expandParts(slice.length, scope));
  return substring(value, offset, length);
}

/** `${NAME:offset:length}`: from the end when negative; a negative length drops that many from the end (sla.md §5.6). */
export function substring(value: string, offset: number, length?: number): string {
  const start = offset < 0 ? Math.max(0, value.length + offset) : offset;
  const rest = value.slice(start);
  if (length === undefined) return rest;
  return length < 0 ? rest.slice(0, Math.max(0, rest.length + length)) : rest.slice(0, length);
}

/** The whole number a text begins with, as Asterisk reads it; undefined when it does not begin with one. */
function integer(text: string): number | undefined {
  const found = /^\s{0,80}([+-]?\d{1,9})/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
