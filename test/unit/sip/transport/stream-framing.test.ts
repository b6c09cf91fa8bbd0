import assert from "node:assert/strict";
import { BODY_MAX_BYTES, HEADERS_MAX_BYTES, StreamFraming } from "#sip/transport/stream-framing";

function message(body = "", headers: readonly string[] = []): string {
  return ["OPTIONS sip:a SIP/2.0", ...headers, `Content-Length: ${body.length}`, "", body].join("\r\n");
}

/** A message whose header section, without its blank line, is `bytes` long. */
function headersOf(bytes: number): string {
  const short = message("", ["X: "]).length - "\r\n\r\n".length;
  return message("", [`X: ${"x".repeat(bytes - short)}`]);
}

describe("stream framing", () => {
  it("cuts by Content-Length, in its long and short form, in any case and with blanks (RFC 3261 §18.3)", () => {
    for (const header of ["Content-Length: 3", "content-length:3", "l: 3", "L \t: \t3 ", "CONTENT-LENGTH : 003"]) {
      const text = `OPTIONS sip:a SIP/2.0\r\n${header}\r\nX: y\r\n\r\nabc`;
      assert.deepEqual(new StreamFraming().push(text + text), { messages: [text, text], pings: 0 }, header);
    }
  });

  it("does not take a folded line or a part of another name for a Content-Length", () => {
    for (const header of ["X: y\r\n l: 3", "X-Content-Length: 3", "Xl: 3", "Content-Length:\r\n 3"]) {
      const { messages, error } = new StreamFraming().push(`OPTIONS sip:a SIP/2.0\r\n${header}\r\n\r\nabc`);
      assert.deepEqual([messages, error?.status], [[], 400], header);
    }
  });

  it("refuses a missing or bad length with the header section that said so (S-14)", () => {
    for (const header of [
      "X: y",
      "Content-Length: -1",
      "Content-Length: 1 2",
      "Content-Length: ten",
      "Content-Length: 1234567890",
    ]) {
      const head = `OPTIONS sip:a SIP/2.0\r\n${header}\r\n\r\n`;
      assert.deepEqual(new StreamFraming().push(`${head}rest`).error, {
        status: 400,
        reason: "Missing or bad Content-Length",
        head,
      });
    }
  });

  it("gives what came whole before an error, and nothing after it", () => {
    const framing = new StreamFraming();
    const first = framing.push(`${message("abc")}\r\n\r\nBAD\r\n\r\n${message()}`);
    assert.deepEqual([first.messages, first.pings, first.error?.status], [[message("abc")], 1, 400]);
    assert.deepEqual(framing.push(message()), { messages: [], pings: 0 });
    assert.equal(framing.isPending, false);
  });

  it("takes a header section of 16 kB and refuses one byte more with 513 (§7.2)", () => {
    const longest = headersOf(HEADERS_MAX_BYTES);
    assert.equal(longest.indexOf("\r\n\r\n"), HEADERS_MAX_BYTES);
    assert.deepEqual(new StreamFraming().push(longest).messages, [longest]);
    const { error } = new StreamFraming().push(headersOf(HEADERS_MAX_BYTES + 1));
    assert.equal(error?.status, 513);
    assert.match(error.head, /^OPTIONS sip:a SIP\/2\.0\r\nX: x+\r\n\r\n$/);
  });

  it("refuses a header section that does not end, without waiting for its end (S-14)", () => {
    const framing = new StreamFraming();
    const lines = `OPTIONS sip:a SIP/2.0\r\nVia: v\r\nX: ${"x".repeat(HEADERS_MAX_BYTES)}`;
    for (let sent = 0; sent <= HEADERS_MAX_BYTES; sent += 1024)
      assert.equal(framing.push(lines.slice(sent, Math.min(sent + 1024, HEADERS_MAX_BYTES))).error, undefined);
    assert.equal(framing.isPending, true);
    const { error } = framing.push("xxxxx");
    assert.deepEqual([error?.status, error?.head], [513, "OPTIONS sip:a SIP/2.0\r\nVia: v\r\n\r\n"]);
  });

  it("takes a body of 64 kB and refuses the promise of one byte more with 513 (§7.2)", () => {
    const longest = message("b".repeat(BODY_MAX_BYTES));
    assert.deepEqual(new StreamFraming().push(longest).messages, [longest]);
    const head = `OPTIONS sip:a SIP/2.0\r\nContent-Length: ${BODY_MAX_BYTES + 1}\r\n\r\n`;
    assert.deepEqual(new StreamFraming().push(head).error, { status: 513, reason: "Message Too Large", head });
  });

  it("counts double CRLFs between messages as keep-alives and skips single ones (S-16, RFC 5626 §4.4.1)", () => {
    for (const [noise, pings] of [
      ["\r\n\r\n", 1],
      ["\r\n\r\n\r\n\r\n", 2],
      ["\r\n", 0],
      ["\r\n\r\n\r\n", 1],
    ] as const)
      assert.deepEqual(new StreamFraming().push(`${noise}${message("a")}`), { messages: [message("a")], pings });
  });

  it("takes blank lines for no half message, and anything else for one (S-14)", () => {
    const framing = new StreamFraming();
    for (const [chunk, isPending] of [
      ["", false],
      ["\r", false],
      ["\n", false],
      ["\r\n\r\n\r\n", false],
      ["O", true],
      [message("abc").slice(1, -1), true],
      ["c", false],
    ] as const) {
      framing.push(chunk);
      assert.equal(framing.isPending, isPending, JSON.stringify(chunk));
    }
  });
});
