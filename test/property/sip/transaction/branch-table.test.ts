import assert from "node:assert/strict";
import fc from "fast-check";
import { systemRandom } from "#base/system-random";
import { BranchTable, newBranch } from "#sip/transaction/branches";

const foreign = fc.constantFrom(
  "z9hG4bK1",
  "z9hG4bK0123456789abcdef.0",
  "z9hG4bK0123456789abcdef.7 CANCEL",
  "",
  "z9hG4bK0123456789abcdef.99999999",
);

describe("table of branches", () => {
  it("finds what is open and nothing else, in whatever order entries come and go", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant("new"), fc.constant("late"), fc.nat({ max: 9 }), foreign), { maxLength: 60 }),
        (acts) => {
          const table = new BranchTable<{ readonly key: string }>();
          const model = new Map<string, { readonly key: string }>();
          // Branches that were made and not used yet: another one may take their place meanwhile.
          const made: string[] = [];
          const add = (key: string): void => {
            if (model.has(key)) return;
            const entry = { key };
            table.add(entry);
            model.set(key, entry);
          };
          for (const act of acts) {
            if (act === "late") made.push(newBranch(systemRandom, table.nextPlace));
            else if (act === "new") add(made.pop() ?? newBranch(systemRandom, table.nextPlace));
            else if (typeof act === "string") add(act);
            else {
              const gone = [...model.values()][act];
              if (gone === undefined) continue;
              table.delete(gone);
              model.delete(gone.key);
            }
            assert.equal(table.size, model.size);
            for (const [key, entry] of model) assert.equal(table.get(key), entry);
            assert.deepEqual(new Set(table.all()), new Set(model.values()));
            assert.equal(table.get("z9hG4bKffffffffffffffff.0"), undefined);
          }
        },
      ),
    );
  });
});
