/** Whether the condition of GotoIf and IF holds: not empty, and not a text that begins with the number 0. */
export function isTrueCondition(text: string): boolean {
  const digits = /^[+-]?\d+/.exec(text)?.[0];
  return digits === undefined ? text !== "" : Number(digits) !== 0;
}
