import type { Dialplan, DialplanContext, Extension } from "./dialplan.ts";

/** Both dialplans as one. Where both have the same priority of an extension, that of `first` is kept, as Asterisk keeps what was there before. */
export function mergeDialplans(first: Dialplan, second: Dialplan): Dialplan {
  const contexts = new Map(first.contexts.map((context) => [context.name, context]));
  for (const context of second.contexts) {
    const known = contexts.get(context.name);
    contexts.set(context.name, known === undefined ? context : mergeContexts(known, context));
  }
  const names = new Set(first.globals.map(({ name }) => name));
  return {
    contexts: [...contexts.values()],
    globals: [...first.globals, ...second.globals.filter(({ name }) => !names.has(name))],
  };
}

function mergeContexts(first: DialplanContext, second: DialplanContext): DialplanContext {
  const extensions = new Map(first.extensions.map((extension) => [keyOf(extension), extension]));
  for (const extension of second.extensions) {
    const known = extensions.get(keyOf(extension));
    extensions.set(keyOf(extension), known === undefined ? extension : mergeExtensions(known, extension));
  }
  const included = new Set(first.includes.map(({ context }) => context));
  return {
    name: first.name,
    extensions: [...extensions.values()],
    includes: [...first.includes, ...second.includes.filter(({ context }) => !included.has(context))],
    ignorePatterns: [...new Set([...first.ignorePatterns, ...second.ignorePatterns])],
  };
}

function mergeExtensions(first: Extension, second: Extension): Extension {
  const taken = new Set(first.steps.map(({ priority }) => priority));
  const steps = [...first.steps, ...second.steps.filter(({ priority }) => !taken.has(priority))];
  return { ...first, steps: steps.sort((a, b) => a.priority - b.priority) };
}

function keyOf({ name, callerId }: Extension): string {
  return callerId === undefined ? name : `${name}/${callerId}`;
}
