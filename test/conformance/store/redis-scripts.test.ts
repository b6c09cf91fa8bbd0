import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SCRIPT_FOLDER, SCRIPT_KEYS } from "#store/redis/scripts";

/** What the heads of the scripts say is what they are called with. */
describe("store redis, scripts", () => {
  it("are all in the list", () => {
    const files = readdirSync(SCRIPT_FOLDER).map((file) => file.replace(/\.lua$/, ""));
    assert.deepEqual(files.sort(), Object.keys(SCRIPT_KEYS).sort());
  });

  for (const [name, count] of Object.entries(SCRIPT_KEYS)) {
    it(`${name} takes as many keys as its head numbers`, () => {
      const head = /^-- KEYS: (.*)$/m.exec(readFileSync(join(SCRIPT_FOLDER, `${name}.lua`), "utf8"))?.[1] ?? "";
      const numbers = [...head.matchAll(/(?:^|, )(\d+) /g)].map((match) => Number(match[1]));
      assert.deepEqual(
        numbers,
        Array.from({ length: count }, (_, at) => at + 1),
      );
    });
  }
});
