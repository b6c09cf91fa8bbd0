/**
 * Looking into binary strings. Blanks are SP and HTAB only: `trim()` and `\s` of the language also take the byte A0, which ends many a
 * UTF-8 letter.
 */
const SPACE = 0x20;
const TAB = 0x09;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ANGLE = 0x3c;
const CLOSE_ANGLE = 0x3e;

/** Is the character a blank? */
export function isBlankCode(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** Token characters of RFC 3261 §25.1, by code. */
const TOKEN_CODES = Array.from({ length: 256 }, (_, code) => /[A-Za-z0-9\-.!%*_+`'~]/.test(String.fromCharCode(code)));

/** A non-empty token. */
export function isToken(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (TOKEN_CODES[text.charCodeAt(at)] !== true) return false;
  return text !== "";
}

/** `text` from `start` to before `end` without the blanks around it. */
export function trimBlanks(text: string, start = 0, end = text.length): string {
  let first = start;
  let last = end;
  while (first < last && isBlankCode(text.charCodeAt(first))) first += 1;
  while (last > first && isBlankCode(text.charCodeAt(last - 1))) last -= 1;
  return text.slice(first, last);
}

/** First index of the character `mark` outside quotes and angle brackets, from `start`; -1 if none. A backslash escapes inside quotes. */
export function indexOutside(text: string, mark: string, start = 0): number {
  const plain = text.indexOf(mark, start);
  // Nothing that could hide a mark stands before it: the common case, and `indexOf` is many times faster than the loop.
  if (plain === -1 || !isHidden(text, start, plain)) return plain;
  const wanted = mark.charCodeAt(0);
  let inQuotes = false;
  let inAngles = false;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inQuotes) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) inQuotes = false;
    } else if (inAngles) inAngles = code !== CLOSE_ANGLE;
    else if (code === wanted) return at;
    else if (code === QUOTE) inQuotes = true;
    else inAngles = code === OPEN_ANGLE;
  }
  return -1;
}

/** Does a quote or an angle bracket open between `start` and `end`? */
function isHidden(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE || code === OPEN_ANGLE) return true;
  }
  return false;
}

/** The text of a quoted-string without its quotes and escapes; other text as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  const inside = text.slice(1, -1);
  return inside.includes("\\") ? inside.replace(/\\([\s\S])/g, "$1") : inside;
}

/** A quoted-string of any binary string; CR, LF and NUL become blanks. */
export function quote(text: string): string {
  return `"${text.replace(/[\r\n\0]/g, " ").replace(/["\\]/g, "\\$&")}"`;
}
