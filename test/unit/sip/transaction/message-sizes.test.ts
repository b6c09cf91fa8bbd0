import assert from "node:assert/strict";
import type { SipRequest } from "#sip/message/message";
import { DEFAULT_MESSAGE_SIZES, sizeProblem, type MessageSizes } from "#sip/transaction/message-sizes";
import { parsedRequest, requestText } from "./layer-bench.ts";

const plain = parsedRequest(requestText());
const judge = (parts: Partial<SipRequest>, sizes: Partial<MessageSizes> = {}): number | undefined =>
  sizeProblem({ ...plain, ...parts }, { ...DEFAULT_MESSAGE_SIZES, ...sizes })?.status;
const header = (bytes: number): { name: string; value: string } => ({ name: "x", value: "x".repeat(bytes) });

describe("sizeProblem", () => {
  it("takes what is just as large as it may be, and refuses one more", () => {
    assert.equal(judge({ body: "x".repeat(65_536) }), undefined);
    assert.equal(judge({ body: "x".repeat(65_537) }), 413);
    assert.equal(judge({ headers: [header(8192)] }), undefined);
    assert.equal(judge({ headers: [header(8193)] }), 400);
    assert.equal(judge({ headers: Array.from({ length: 256 }, () => header(1)) }), undefined);
    assert.equal(judge({ headers: Array.from({ length: 257 }, () => header(1)) }), 400);
    // Of each, its name, colon, blank and line end count too.
    assert.equal(judge({ headers: [header(8000), header(8000), header(16_384 - 16_000 - 3 * 5)] }), undefined);
    assert.equal(judge({ headers: [header(8000), header(8000), header(16_384 - 16_000 - 3 * 5 + 1)] }), 513);
  });

  it("follows sizes that are moved", () => {
    assert.equal(judge({ body: "x".repeat(11) }, { bodyBytes: 10 }), 413);
  });
});
