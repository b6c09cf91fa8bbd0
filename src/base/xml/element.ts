/** An XML element as a value: what the printer takes and the reader gives. Strings are text of people (UTF-16), unescaped. */
export interface XmlElement {
  readonly name: string;
  /** In the order to be printed. Includes xmlns declarations. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children?: readonly (XmlElement | string)[];
}
