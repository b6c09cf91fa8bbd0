/**
 * Programs that look for open servers and weak passwords name themselves in User-Agent or From. Names can be changed, so they are a
 * shortcut only; what counts are rates and wrong passwords.
 */
const NAMES = [
  "friendly-scanner",
  "sipvicious",
  "sipcli",
  "sip-scan",
  "vaxsipuseragent",
  "vaxipuseragent",
  "sundayddr",
  "pplsip",
  "sivus",
];

const SIGNED = new RegExp(`\\n(?:user-agent|from|f)[ \\t]*:[^\\r\\n]{0,200}?(?:${NAMES.join("|")})`, "i");

/** Does this message say that a scanner sent it? */
export function isOfScanner(message: string): boolean {
  return SIGNED.test(message);
}
