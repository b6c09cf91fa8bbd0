/** Is the character a token character of RFC 3261 §25.1? */
export function isTokenCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) || // a-z
    (code >= 0x41 && code <= 0x5a) || // A-Z
    (code >= 0x30 && code <= 0x39) || // 0-9
    TOKEN_MARKS.includes(code)
  );
}

const TOKEN_MARKS = [..."-.!%*_+`'~"].map((mark) => mark.charCodeAt(0));

/** A non-empty token. */
export function isToken(text: string): boolean {
  if (text === "") return false;
  for (let at = 0; at < text.length; at += 1) if (!isTokenCode(text.charCodeAt(at))) return false;
  return true;
}

/** First index of one of `marks` outside quotes and angle brackets, from `start`; -1 if none. Backslash escapes inside quotes. */
export function indexOutside(text: string, marks: string, start = 0): number {
  let inQuotes = false;
  let inAngles = false;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (inQuotes) {
      if (char === "\\") at += 1;
      else if (char === '"') inQuotes = false;
    } else if (char === '"' && !inAngles) inQuotes = true;
    else if (!inAngles && marks.includes(char)) return at;
    else if (char === "<") inAngles = true;
    else if (char === ">") inAngles = false;
  }
  return -1;
}

/** The text of a quoted-string without its quotes and escapes; other text as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replace(/\\([\s\S])/g, "$1");
}

/** A quoted-string of any binary string; CR, LF and NUL become blanks. */
export function quote(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what must not leave
  return `"${text.replace(/[\r\n\0]/g, " ").replace(/["\\]/g, "\\$&")}"`;
}
