/** Takes `"Name" <number>`, `Name <number>` or a number alone apart; blanks and quotes around are left out. */
export function parseCallerId(text: string): { readonly name: string; readonly number: string } {
  const open = text.lastIndexOf("<");
  const close = text.indexOf(">", open);
  if (open === -1 || close === -1) return { name: "", number: text.trim() };
  return { name: text.slice(0, open).replaceAll('"', "").trim(), number: text.slice(open + 1, close).trim() };
}
