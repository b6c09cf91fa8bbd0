/** Characters that XML 1.0 does not allow, lone surrogates included (XML 1.0 §2.2). */
const FORBIDDEN =
  // eslint-disable-next-line no-control-regex -- these are what must be replaced
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Markup, and what parsers change on reading: blanks of attributes (§3.3.3) and line ends (§2.11, also those of XML 1.1). */
const SPECIAL = /[&<>"'\t\n\r\u0085\u2028]/g;

const REFERENCES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&apos;"],
  ["\t", "&#9;"],
  ["\n", "&#10;"],
  ["\r", "&#13;"],
  ["\u0085", "&#133;"],
  ["\u2028", "&#8232;"],
]);

/** Nothing but these: no escaping is needed (nearly every label, number and URI). */
const PLAIN = /^[ !#-%(-;=?-~]*$/;

/** Text of people, for an element or an attribute in double quotes. What XML forbids becomes U+FFFD. */
export function escapeText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(FORBIDDEN, "\ufffd").replace(SPECIAL, (char) => REFERENCES.get(char) ?? char);
}

/**
 * The same for a binary string (a URI of a SIP message), to be spliced into a document that is bytes already.
 * Bytes that are no UTF-8 become U+FFFD: they would make the document unreadable.
 */
export function escapeAttribute(wire: string): string {
  if (PLAIN.test(wire)) return wire;
  const text = Buffer.from(wire, "latin1").toString("utf8");
  return Buffer.from(escapeText(text), "utf8").toString("latin1");
}
