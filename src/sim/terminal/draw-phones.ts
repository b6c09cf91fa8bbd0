import { burningAt, type LampColour } from "#sim/lamps/lamp-patterns";
import { columnsOf, cutToColumns } from "./columns.ts";
import { LAMP_WORDS, printable, type KeyView, type PhoneView } from "./phone-view.ts";

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** Puts a colour around a text; "off" is a lamp that does not burn. */
export type Paint = (colour: LampColour, text: string) => string;

/** Colours of a terminal. */
export const ansiPaint: Paint = (colour, text) => `\x1b[${{ red: "31;1", green: "32;1", off: "2" }[colour]}m${text}\x1b[0m`;

/** Columns of a box with its sides. */
const BOX_COLUMNS = 34;
const BOX_MIN_COLUMNS = 20;
const GAP = "  ";
/** Notes shown; they are cut before the phones are. */
const NOTES_MAX = 5;
const QUIET = new Set(["registered", "starting"]);

/** A picture of phones: what is above them, they themselves, and how to end it. */
export interface Picture {
  readonly title: string;
  readonly phones: readonly PhoneView[];
  readonly hint: string;
}

/** The phones as boxes side by side, cut to the screen, lamps as they burn at this moment; below them what went wrong. */
export function drawPhones({ title, phones, hint }: Picture, size: ScreenSize, atMs: number, paint: Paint): string[] {
  const width = Math.max(BOX_MIN_COLUMNS, Math.min(BOX_COLUMNS, size.columns));
  const perRow = Math.max(1, Math.floor((size.columns + GAP.length) / (width + GAP.length)));
  const boxes: string[] = [];
  for (let at = 0; at < phones.length; at += perRow) {
    const row = phones.slice(at, at + perRow).map((phone) => drawPhone(phone, width, atMs, paint));
    boxes.push(...sideBySide(row, width));
  }
  const notes = notesOf(phones);
  const room = size.rows - notes.length - 2;
  const shown = boxes.length <= room ? boxes : [...boxes.slice(0, Math.max(0, room - 1)), "… more: make the window larger"];
  const line = (text: string): string => cutToColumns(printable(text), size.columns);
  return [line(title), ...shown, ...notes.map(line), line(hint)].slice(0, size.rows);
}

function drawPhone(phone: PhoneView, width: number, atMs: number, paint: Paint): string[] {
  const inner = width - 2;
  const title = cutToColumns(` ${phone.mac} `, inner);
  const model = columnsOf(title) + phone.model.length + 2 <= inner ? ` ${phone.model} ` : "";
  return [
    `┌${title}${"─".repeat(inner - columnsOf(title) - model.length)}${model}┐`,
    `│${twoEnds(` ${phone.label}`, `${phone.status} `, inner)}│`,
    ...phone.keys.map((key) => drawKey(key, inner, atMs, paint)),
    `└${"─".repeat(inner)}┘`,
  ];
}

function drawKey(key: KeyView, inner: number, atMs: number, paint: Paint): string {
  const { colour } = burningAt(key.pattern, atMs);
  const dot = paint(colour, colour === "off" ? "○" : "●");
  return `│ ${dot}${twoEnds(` ${key.label}`, `${LAMP_WORDS[key.lamp]} `, inner - 2)}│`;
}

/** One text at the left, one at the right, in exactly `width` columns. The left one yields down to a third, then the right one is cut. */
function twoEnds(left: string, right: string, width: number): string {
  const [wholeLeft, wholeRight] = [printable(left), printable(right)];
  const rightPart = cutToColumns(wholeRight, Math.max(Math.floor((width * 2) / 3), width - columnsOf(wholeLeft) - 1));
  const leftPart = cutToColumns(wholeLeft, width - columnsOf(rightPart) - 1);
  return leftPart + " ".repeat(width - columnsOf(leftPart) - columnsOf(rightPart)) + rightPart;
}

function sideBySide(boxes: readonly (readonly string[])[], width: number): string[] {
  const height = Math.max(...boxes.map((box) => box.length));
  return Array.from({ length: height }, (_, row) =>
    boxes
      .map((box) => box[row] ?? " ".repeat(width))
      .join(GAP)
      .trimEnd(),
  );
}

/** Troubles in whole sentences: the newest of each phone. */
function notesOf(phones: readonly PhoneView[]): string[] {
  const notes = phones.flatMap(({ mac, status, violations }) => {
    const last = violations.at(-1);
    return [
      ...(QUIET.has(status) ? [] : [`${mac}: ${status}`]),
      ...(last === undefined ? [] : [`${mac}: a real phone would not like this (${violations.length}): ${last}`]),
    ];
  });
  if (notes.length <= NOTES_MAX) return notes;
  return [...notes.slice(0, NOTES_MAX - 1), `… and ${notes.length - NOTES_MAX + 1} more`];
}
