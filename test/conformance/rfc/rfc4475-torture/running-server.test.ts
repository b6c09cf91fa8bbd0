import assert from "node:assert/strict";
import { statusOf } from "#test/support/wire";
import { TortureServer, WAYS, type Way } from "../torture-server.ts";
import { ALL } from "./messages.ts";
import { INVALID_VERDICTS, OTHER_VERDICTS, VALID_VERDICTS } from "./verdicts.ts";

type Name = keyof typeof ALL;

const VERDICTS = { ...VALID_VERDICTS, ...INVALID_VERDICTS, ...OTHER_VERDICTS };

/** On a stream nothing says where a message without Content-Length ends, and one that is cut short is waited for. */
const ON_STREAMS: Partial<Record<Name, readonly number[]>> = {
  clerr: [],
  multi01: [],
  dblreq: [404, 400],
  inv2543: [400],
};

/** A whole server takes calls: from a source that it trusts, and from a stranger. It has none of the extensions. */
const OF_CALLS: Partial<Record<Name, readonly [trusted: number, stranger: number]>> = {
  // A To tag asks for a dialog, and there is none.
  wsinv: [481, 481],
  esc01: [404, 401],
  longreq: [404, 401],
  badinv01: [404, 401],
  escruri: [404, 401],
  baddate: [404, 401],
  invut: [415, 415],
  sdp01: [404, 401],
  // Without a Contact nobody could hang up (RFC 3261 §8.1.1.8).
  inv2543: [400, 400],
};

/** Answers of a server whose site has none of the accounts in the messages. */
function expected(way: Way, name: Name): readonly number[] {
  const written = way === "tcp" ? ON_STREAMS[name] : undefined;
  if (written !== undefined) return written;
  const ofCall = OF_CALLS[name];
  if (ofCall !== undefined) return [ofCall[way === "ws" ? 1 : 0]];
  const [status] = VERDICTS[name];
  if (status === undefined) return [];
  // The registrar asks a stranger who he is before it looks at anything, and knows none of these people.
  const isJudgedByRegistrar =
    ALL[name].startsWith("REGISTER ") && (status < 400 || name === "regbadct" || [401, 404].includes(status));
  if (isJudgedByRegistrar) return [way === "ws" ? 401 : 404];
  return [status];
}

for (const way of WAYS)
  describe(`RFC 4475: a running server over ${way}`, function () {
    this.timeout(120_000);
    // One for each way: to the server of another one these would be repeats.
    let torture: TortureServer;
    before(async () => {
      torture = await TortureServer.start();
    });
    after(async () => {
      await torture.stop();
    });

    for (const name of Object.keys(ALL) as Name[]) {
      const statuses = expected(way, name);
      it(`${name} → ${statuses.length === 0 ? "nothing" : statuses.join(" and ")}`, async () => {
        const answers = await torture.answers(way, ALL[name], statuses.length);
        assert.deepEqual(answers.map(statusOf), statuses);
      });
    }
  });
