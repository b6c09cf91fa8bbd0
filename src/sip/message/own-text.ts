/**
 * A binary string with bytes of its own. The runtime keeps a put-together string as a tree of its parts, and a cut-out one as a window
 * into the whole message: what lives for hours is better one piece.
 */
export function inOnePiece(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}
