import { headerOf, type SipRequest } from "#sip/message/message";

/** Digits of one INFO. */
const DIGITS_MAX = 32;
const DIGIT = /^[0-9*#A-D]$/;
/** Numbers that old devices write for keys. */
const BY_NUMBER: ReadonlyMap<string, string> = new Map([
  ["10", "*"],
  ["11", "#"],
  ["12", "A"],
  ["13", "B"],
  ["14", "C"],
  ["15", "D"],
]);

/** Digits that an INFO brings (application/dtmf-relay "Signal=5", application/dtmf "5"; B-28); undefined: it is about something else. */
export function infoDigits(request: SipRequest): readonly string[] | undefined {
  const type = headerOf(request, "content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === "application/dtmf-relay") {
    const signal = /^\s*signal\s*=\s*(\S+)\s*$/im.exec(request.body)?.[1];
    return signal === undefined ? [] : digitOf(signal);
  }
  if (type !== "application/dtmf") return undefined;
  const text = request.body.trim();
  return BY_NUMBER.has(text) ? digitOf(text) : text.slice(0, DIGITS_MAX).split("").flatMap(digitOf);
}

function digitOf(text: string): readonly string[] {
  const digit = BY_NUMBER.get(text) ?? text.toUpperCase();
  return DIGIT.test(digit) ? [digit] : [];
}
