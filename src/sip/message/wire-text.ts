import { quote } from "./scan-text.ts";

/** Text of people → the binary string of its UTF-8 bytes. */
export function toWire(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** A binary string → text of people; bytes that are no UTF-8 become U+FFFD. */
export function fromWire(wire: string): string {
  return Buffer.from(wire, "latin1").toString("utf8");
}

/** A display name as it is written in From, To and Contact: always quoted and escaped (presence.md §6.2). */
export function printDisplayName(text: string): string {
  return quote(toWire(text));
}
