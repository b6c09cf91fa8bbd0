import { fromWire, toWire } from "#sip/message/wire-text";
import type { BodyTemplate, EventPackage, Telling } from "#sip/subscription/package";
import { REJECTED, Untold, type ListState, type ListTeller, type ListWatcher } from "#sip/subscription/list";
import { LIST_ENVELOPE_BYTES, partBytes, relatedParts, type MemberPart } from "./related-parts.ts";

/** What a member shows next, and the document that says so; no document: only its place in the list is told. */
interface MemberStep {
  readonly document: BodyTemplate | undefined;
  readonly shows: unknown;
}

/**
 * Lists of a package's resources (RFC 4662): one NOTIFY tells as many members as fit, the next goes on where it stopped (L-7). Members take
 * turns, so that one that changes all the time keeps nobody waiting.
 */
export function listTeller(eventPackage: EventPackage<unknown>): ListTeller {
  const full: ListTeller["full"] = (shown, now, watcher) => {
    const before = shown?.layout === now.layout ? shown.states : [];
    const states = now.layout.members.map((_, at) => new Untold(shownOf(before[at])));
    const telling = tell(eventPackage, { states, start: 0, isFull: true }, now, watcher);
    return telling ?? { document: relatedParts([], { watcher, isFull: true }), shows: now };
  };
  return {
    full,
    change(shown, now, watcher) {
      if (shown.layout !== now.layout) return full(undefined, now, watcher);
      return tell(eventPackage, { states: [...shown.states], start: shown.next ?? 0, isFull: false }, now, watcher);
    },
  };
}

interface Progress {
  /** What the watcher shows, member by member; moved on here. */
  readonly states: unknown[];
  readonly start: number;
  readonly isFull: boolean;
}

function tell(
  eventPackage: EventPackage<unknown>,
  { states, start, isFull }: Progress,
  now: ListState,
  watcher: ListWatcher,
): Telling<ListState> | undefined {
  const { members } = now.layout;
  const parts: MemberPart[] = [];
  let room = watcher.room - LIST_ENVELOPE_BYTES - watcher.entity.length;
  let next: number | undefined;
  for (let turn = 0; turn < members.length && next === undefined; turn += 1) {
    const at = (start + turn) % members.length;
    const [member, state] = [members[at], now.states[at]];
    if (member === undefined || states[at] === state) continue;
    const step = stepOf(eventPackage, states[at], state, watcher);
    if (step === undefined) {
      states[at] = state;
      continue;
    }
    const part = fitting(eventPackage, { at, ...member, uri: uriOf(member.user, watcher.entity) }, step, watcher, room);
    const bytes = partBytes(part);
    if (bytes > room && parts.length > 0) next = at;
    else {
      parts.push(part);
      room -= bytes;
      states[at] = step.shows;
    }
  }
  if (parts.length === 0) return undefined;
  const isDone = states.every((state, at) => state === now.states[at]);
  return {
    document: relatedParts(parts, { watcher, isFull }),
    shows: isDone ? now : { layout: now.layout, states, ...(next === undefined ? {} : { next }) },
    ...(next === undefined ? {} : { isPart: true }),
  };
}

/** undefined: the watcher would see no difference. */
function stepOf(
  eventPackage: EventPackage<unknown>,
  before: unknown,
  state: unknown,
  { profile, contentType }: ListWatcher,
): MemberStep | undefined {
  if (state === REJECTED) return { document: undefined, shows: state };
  const shown = shownOf(before);
  if (before instanceof Untold || shown === undefined) return eventPackage.full(shown, state, profile, contentType);
  return eventPackage.change(shown, state, profile, contentType);
}

/** The state that a member shows, if it shows any. */
function shownOf(state: unknown): unknown {
  if (state instanceof Untold) return state.before;
  return state === REJECTED ? undefined : state;
}

/** With its document as it is, or shorter where that does not fit (C-20). */
function fitting(
  eventPackage: EventPackage<unknown>,
  member: Omit<MemberPart, "document" | "contentType">,
  { document, shows }: MemberStep,
  { profile, contentType }: ListWatcher,
  room: number,
): MemberPart {
  const part = { ...member, document, contentType };
  if (document === undefined || partBytes(part) <= room) return part;
  const short = { ...part, document: eventPackage.short?.(shows, profile, contentType) ?? document };
  return partBytes(short) <= room ? short : { ...short, name: undefined };
}

/** A member's URI is the list's with another user: the same scheme, host and port, as the watcher knows them. */
function uriOf(user: string, entity: string): string {
  const scheme = entity.slice(0, entity.indexOf(":"));
  return fromWire(`${scheme}:${toWire(user)}@${entity.slice(entity.indexOf("@") + 1)}`);
}
