/** Characters that XML 1.0 does not allow, lone surrogates included. */
// eslint-disable-next-line no-control-regex -- these are what must be replaced
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const REFERENCES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\u0085": "&#133;",
  "\u2028": "&#8232;",
};

const TO_ESCAPE = /[&<>"\t\n\r\u0085\u2028]/g;

/** Text of people for the inside of an attribute in double quotes, or of an element. What XML forbids becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text.replace(FORBIDDEN, "\ufffd").replace(TO_ESCAPE, (char) => REFERENCES[char] ?? char);
}

/** The same for a binary string of ASCII (a URI), which is spliced into a body that is bytes already. */
export function escapeAttribute(ascii: string): string {
  return NEEDS_ESCAPE.test(ascii) ? ascii.replace(TO_ESCAPE_ASCII, (char) => REFERENCES[char] ?? char) : ascii;
}

const NEEDS_ESCAPE = /[&<>"]/;
const TO_ESCAPE_ASCII = /[&<>"]/g;
