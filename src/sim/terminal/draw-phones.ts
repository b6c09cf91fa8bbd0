import { colourAt, type LampColour } from "#sim/lamps/lamp-patterns";
import { LAMP_WORDS, printable, type KeyView, type PhoneView } from "./phone-view.ts";

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** Puts a colour around a text; "off" is a lamp that does not burn. */
export type Paint = (colour: LampColour, text: string) => string;

/** Colours of a terminal. */
export const ansiPaint: Paint = (colour, text) => `\x1b[${{ red: "31;1", green: "32;1", off: "2" }[colour]}m${text}\x1b[0m`;

/** Characters between the two sides of a box. */
const INNER_WIDTH = 32;
const GAP = "  ";

/** The phones as boxes side by side, cut to the screen, lamps as they burn at this moment. */
export function drawPhones(phones: readonly PhoneView[], size: ScreenSize, atMs: number, paint: Paint): string[] {
  const boxWidth = INNER_WIDTH + 2 + GAP.length;
  const perRow = Math.max(1, Math.floor((size.columns + GAP.length) / boxWidth));
  const lines: string[] = [];
  for (let at = 0; at < phones.length; at += perRow) {
    const boxes = phones.slice(at, at + perRow).map((phone) => drawPhone(phone, atMs, paint));
    lines.push(...sideBySide(boxes));
  }
  if (lines.length <= size.rows) return lines;
  return [...lines.slice(0, Math.max(0, size.rows - 1)), "… more below: make the window larger"];
}

function drawPhone(phone: PhoneView, atMs: number, paint: Paint): string[] {
  const title = ` ${phone.mac} `;
  const model = ` ${phone.model} `;
  const rule = "─".repeat(INNER_WIDTH - title.length - model.length);
  return [
    `┌${title}${rule}${model}┐`,
    `│${twoEnds(` ${phone.label}`, `${phone.status} `)}│`,
    ...phone.keys.map((key) => drawKey(key, atMs, paint)),
    `└${"─".repeat(INNER_WIDTH)}┘`,
  ];
}

function drawKey(key: KeyView, atMs: number, paint: Paint): string {
  const colour = colourAt(key.pattern, atMs);
  const dot = paint(colour, colour === "off" ? "○" : "●");
  return `│ ${dot}${twoEnds(` ${key.label}`, `${LAMP_WORDS[key.lamp]} `, INNER_WIDTH - 2)}│`;
}

/** One text at the left, one at the right, in exactly `width` characters. The left one yields down to a third, then the right one is cut. */
function twoEnds(left: string, right: string, width = INNER_WIDTH): string {
  const [wholeLeft, wholeRight] = [Array.from(printable(left)), Array.from(printable(right))];
  const rightPart = cut(wholeRight, Math.max(Math.floor((width * 2) / 3), width - wholeLeft.length - 1));
  const leftPart = cut(wholeLeft, width - rightPart.length - 1);
  return leftPart.join("") + " ".repeat(width - leftPart.length - rightPart.length) + rightPart.join("");
}

function cut(characters: readonly string[], max: number): readonly string[] {
  return characters.length <= max ? characters : [...characters.slice(0, max - 1), "…"];
}

function sideBySide(boxes: readonly (readonly string[])[]): string[] {
  const height = Math.max(...boxes.map((box) => box.length));
  return Array.from({ length: height }, (_, row) =>
    boxes
      .map((box) => box[row] ?? " ".repeat(INNER_WIDTH + 2))
      .join(GAP)
      .trimEnd(),
  );
}
