/** Block comments nest at most this deep (sla.md §5.1). */
const NESTING_MAX = 128;

/**
 * Takes comments off: `;` to the end of a line unless written `\;` (the backslash goes), and block comments `;--` … `--;`, which nest. Lines
 * and columns before a comment stay where they are.
 */
export function stripComments(lines: readonly string[], warn: (line: number, message: string) => void): string[] {
  let depth = 0;
  let openedAt = 0;
  const stripped = lines.map((line, index) => {
    let kept = "";
    let at = 0;
    while (at < line.length) {
      if (depth > 0) {
        const step = insideBlock(line, at);
        depth += step.change;
        at = step.next;
        continue;
      }
      const char = line.charAt(at);
      if (char === "\\" && line.charAt(at + 1) === ";") {
        kept += ";";
        at += 2;
      } else if (isBlockStart(line, at)) {
        depth = 1;
        openedAt = index + 1;
        at += 3;
      } else if (char === ";") break;
      else {
        kept += char;
        at += 1;
      }
    }
    return kept;
  });
  if (depth > 0) warn(openedAt, "block comment is never closed: everything below is ignored, end it with --;");
  return stripped;

  function insideBlock(line: string, at: number): { readonly change: number; readonly next: number } {
    if (line.startsWith("--;", at)) return { change: -1, next: at + 3 };
    if (isBlockStart(line, at) && depth < NESTING_MAX) return { change: 1, next: at + 3 };
    return { change: 0, next: at + 1 };
  }
}

function isBlockStart(line: string, at: number): boolean {
  return line.startsWith(";--", at) && line.charAt(at + 3) !== "-";
}
