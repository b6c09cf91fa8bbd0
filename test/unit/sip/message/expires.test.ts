import assert from "node:assert/strict";
import { parseExpires } from "#sip/message/expires";

describe("parseExpires", () => {
  it("takes digits, with zeros before them too", () => {
    for (const [text, seconds] of [
      ["0", 0],
      ["3600", 3600],
      ["0060", 60],
      ["4294967295", 4_294_967_295],
    ] as const)
      assert.equal(parseExpires(text), seconds);
  });

  it("takes more than 2^32-1 for that (S-42, RFC 4475 §3.1.2.4)", () => {
    for (const text of ["4294967296", "280297596632815", "1".padEnd(101, "0"), "9".repeat(60_000)])
      assert.equal(parseExpires(text), 4_294_967_295);
  });

  it("takes nothing else", () => {
    for (const text of [
      undefined,
      "",
      " 60",
      "60 ",
      "+60",
      "-1",
      "60.5",
      "6e1",
      "0x3c",
      "sixty",
      "60\n",
      "Thu, 01 Dec 1994 16:00:00 GMT",
      "\xb2",
    ])
      assert.equal(parseExpires(text), undefined, text);
  });
});
