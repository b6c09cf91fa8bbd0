/** What a code means. One or two sentences each, without the name of any object. */
export interface CodeText {
  /** What goes wrong, and what Asterisk does where it differs. */
  readonly why: string;
  /** What to write. */
  readonly fix: string;
}

/** By code: "SLA-E01". */
export type CodeTexts = Readonly<Record<string, CodeText>>;
