import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListResources } from "#app/resources/list-resources";
import { SiteRunner } from "#app/site-runner";
import { quietLog } from "#base/log";
import { REJECTED } from "#sip/subscription/list";
import type { Sender } from "#sip/subscription/ports";

const account = (name: string): Sender => ({ type: "account", name });
const SITE = `phones: { 0000ffff0005: {}, 0000ffff0006: {} }
lines: [T1]
hints: { "100": SIP/a, "101": SIP/b, "1#": SIP/c }
lists: { open: ["100", "secret", "101", "1#"], hidden: [secret] }
`;

describe("lists as accounts see them (L-9, L-10)", () => {
  let folder: string;
  let site: SiteRunner;
  let lists: ListResources;
  let states: Map<string, object>;
  const watched = new Set<string>();
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "lamplighter-lists-"));
    await writeFile(join(folder, "site.yaml"), SITE);
    site = new SiteRunner(folder, quietLog);
    await site.start();
  });
  after(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => {
    watched.clear();
    states = new Map(["100", "101", "secret", "1#"].map((name) => [name, { name }]));
    states.set("L1-0000ffff0005_T1", {});
    lists = new ListResources({
      site,
      // "secret" is for a trusted source only.
      members: {
        find: (user, sender) => (states.has(user) && (user !== "secret" || sender.type === "trusted") ? user : undefined),
        mayWatch: () => true,
        state: (id) => states.get(id),
      },
      isWatched: (id) => watched.has(id),
    });
  });

  it("say of what an account may not see that it is rejected; a trusted source sees all", () => {
    const id = lists.find("open", account("a")) ?? assert.fail("not found");
    assert.deepEqual(
      lists.state(id)?.states.map((state) => state === REJECTED),
      [false, true, false, false],
    );
    const all = lists.find("open", { type: "trusted" }) ?? assert.fail("not found");
    assert.equal(lists.state(all)?.states.includes(REJECTED), false);
    assert.deepEqual([lists.mayWatch(all, account("a")), lists.mayWatch(id, account("b"))], [false, false]);
  });

  it("escape what a user part may not hold", () => {
    const id = lists.find("open", account("a")) ?? "";
    assert.deepEqual(
      lists.state(id)?.layout.members.map(({ user }) => user),
      ["100", "secret", "101", "1%23"],
    );
  });

  it("are unknown where nothing in them may be seen, and the keys of a phone to all other phones", () => {
    assert.equal(lists.find("hidden", account("a")), undefined);
    assert.equal(lists.find("nowhere", account("a")), undefined);
    assert.notEqual(lists.find("keys-0000ffff0005", account("0000ffff0005")), undefined);
    assert.equal(lists.find("keys-0000ffff0005", account("0000ffff0006")), undefined);
  });

  it("are the same object until a member changes, and forgotten when nobody watches", () => {
    const id = lists.find("open", account("a")) ?? "";
    watched.add(id);
    const first = lists.state(id);
    assert.equal(lists.state(id), first);
    states.set("101", { name: "other" });
    assert.deepEqual(lists.changed("101"), [id]);
    assert.notEqual(lists.state(id), first);
    assert.equal(lists.state(id)?.layout, first?.layout);
    assert.deepEqual(lists.review(), [id]);
    assert.equal(lists.state(id)?.layout, first?.layout, "read again and equal: the same list");
    watched.clear();
    lists.changed("101");
    assert.deepEqual([lists.holds("101"), lists.changed("101")], [false, []]);
  });
});
