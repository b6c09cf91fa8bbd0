import assert from "node:assert/strict";
import { parseMessage } from "#sip/message/parse-message";

/** A message as long as a datagram costs less than this, however it is made. A square would take seconds. */
const MESSAGE_MAX_MS = 50;
const RUN_BYTES = 60_000;
const TRIES = 3;

/** The least of some tries: what other processes and the collector of garbage take does not count. */
function leastMs(run: () => unknown): number {
  let least = Infinity;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const begin = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(begin);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

const PLAIN: Readonly<Record<string, string>> = {
  Via: "SIP/2.0/UDP a;branch=z9hG4bK1",
  From: "<sip:a@b>;tag=1",
  To: "<sip:c@d>",
  "Call-ID": "x",
  CSeq: "1 OPTIONS",
  "Content-Length": "0",
  Contact: "<sip:a@b>",
};

/** A message with a run of something before, inside or behind the value of one header ("" = the start line, "body" = the body). */
function hostile(place: string, run: string, where: "before" | "inside" | "behind"): string {
  const put = (value: string): string => {
    const half = where === "before" ? 0 : where === "behind" ? value.length : value.length >> 1;
    return value.slice(0, half) + run + value.slice(half);
  };
  const lines = Object.entries(PLAIN).map(([name, value]) => `${name}: ${name === place ? put(value) : value}\r\n`);
  const start = "OPTIONS sip:a@b SIP/2.0";
  return `${place === "" ? put(start) : start}\r\n${lines.join("")}${place === "more" ? run : ""}\r\n`;
}

const ONE_BYTE = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
const SOME = [
  ...[";a", ";a=", ';"', ';a="', ",", ",a", ',"', "<,", "<>,", '"\\', "\\", "%4", "a=b;", ": ", " :", "/ ", "[::", "[:"],
  ...[
    "\r\n",
    "\r\n ",
    "\n ",
    "\r\n\t\r\n",
    "x\r\n",
    ":\r\n",
    "a:\r\n",
    "X: y\r\n",
    "f:\r\n",
    "v: SIP/2.0/UDP a\r\n",
    " SIP/2.0",
    "sip:",
  ],
];

describe("a message of 60 kB", function () {
  this.timeout(60_000);

  for (const place of ["", ...Object.keys(PLAIN), "more"])
    it(`is read in no time with a run of anything in ${place === "" ? "its start line" : place}`, () => {
      for (const unit of [...(place === "more" ? [] : ONE_BYTE), ...SOME])
        for (const where of ["before", "inside", "behind"] as const) {
          const text = hostile(place, unit.repeat(RUN_BYTES / unit.length), where);
          const ms = leastMs(() => {
            const parsed = parseMessage(text);
            if (parsed.ok && parsed.value.kind === "response") assert.ok(parsed.value.headers.length < 300);
          });
          assert.ok(ms < MESSAGE_MAX_MS, `${JSON.stringify(unit)} ${where}: ${ms} ms`);
        }
    });

  it("costs four times as much for four times the length, not sixteen times", () => {
    const cost = (length: number): number => {
      const texts = SOME.flatMap((unit) =>
        Object.keys(PLAIN).map((place) => hostile(place, unit.repeat(length / unit.length), "inside")),
      );
      return leastMs(() => {
        for (let round = 0; round < 4; round += 1) for (const text of texts) parseMessage(text);
      });
    };
    cost(15_000);
    const [short, long] = [cost(15_000), cost(60_000)];
    assert.ok(long < 9 * short + MESSAGE_MAX_MS, `${short} ms, then ${long} ms`);
  });
});
