/** Calls `read` with every line of a text, ended by LF, CRLF or CR, until it gives false. Lines are made one at a time: a text may be all line ends. */
export function eachLine(text: string, read: (line: string, number: number) => boolean): void {
  const [feeds, carriages] = [new Places(text, "\n"), new Places(text, "\r")];
  let at = text.startsWith("\ufeff") ? 1 : 0;
  for (let number = 1; ; number += 1) {
    const [feed, carriage] = [feeds.from(at), carriages.from(at)];
    const end = Math.min(feed, carriage);
    if (!read(text.slice(at, end), number) || end === Infinity) return;
    at = end + (feed === carriage + 1 ? 2 : 1);
  }
}

/** Where a character stands, each place looked up once. */
class Places {
  readonly #text: string;
  readonly #character: string;
  #place = -1;

  constructor(text: string, character: string) {
    this.#text = text;
    this.#character = character;
  }

  /** The first at or after `at`, which never gets smaller; Infinity: there is none. */
  from(at: number): number {
    if (this.#place >= at) return this.#place;
    const place = this.#text.indexOf(this.#character, at);
    this.#place = place === -1 ? Infinity : place;
    return this.#place;
  }
}
