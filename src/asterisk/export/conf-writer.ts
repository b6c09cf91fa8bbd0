import { show } from "#domain/site/shown";

/** `key = value` lines of a section; those without a value are not written. */
export type ConfLines = readonly (readonly [key: string, value: string | number | undefined])[];

/**
 * Text of a .conf file (sla.md §5.1). Values are escaped, but not everything can be: whoever writes has to read what he wrote and compare,
 * and may not hand over values of more than one line.
 */
export class ConfWriter {
  readonly #lines: string[] = [];

  /** A file that begins with these words. */
  constructor(...header: readonly string[]) {
    for (const line of header) this.comment(line);
  }

  comment(text: string): void {
    this.#lines.push(`; ${show(text, 200)}`);
  }

  section(name: string, lines: ConfLines = []): void {
    this.#lines.push("", `[${escaped(name)}]`);
    for (const [key, value] of lines) if (value !== undefined) this.#lines.push(`${key} = ${escaped(String(value))}`);
  }

  /** `key => value`, as dialplans are written. */
  arrow(key: string, value: string): void {
    this.#lines.push(`${key} => ${escaped(value)}`);
  }

  toString(): string {
    return `${this.#lines.join("\n")}\n`;
  }
}

function escaped(text: string): string {
  return text.replaceAll(";", "\\;");
}
