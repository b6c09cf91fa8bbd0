import assert from "node:assert/strict";
import { AdminUnderTest } from "./admin-under-test.ts";

const MANY = 100_000;

describe("pages of a list", () => {
  let admin: AdminUnderTest;
  beforeEach(async () => {
    admin = new AdminUnderTest();
    await admin.start();
  });
  afterEach(() => admin.stop());

  async function page(query: string): Promise<{ devices: string[]; next: string | undefined }> {
    const { json, status } = await admin.ask("GET", `/api/v1/devices${query}`);
    assert.equal(status, 200, query);
    return { devices: json.items.map((item: { device: string }) => item.device), next: json.next };
  }

  async function all(limit: number): Promise<string[]> {
    const found: string[] = [];
    for (let after: string | undefined = ""; after !== undefined;) {
      const { devices, next }: { devices: string[]; next: string | undefined } = await page(
        `?limit=${limit}&after=${encodeURIComponent(after)}`,
      );
      found.push(...devices);
      after = next;
    }
    return found;
  }

  it("hold every item once, however many there are", async () => {
    admin.devices = Array.from({ length: MANY }, (_, at) => `Custom:${at}`);
    assert.deepEqual(await all(5000), admin.devices);
  });

  it("end where the list ends", async () => {
    admin.devices = ["a:1", "a:2", "a:3", "a:4"];
    for (const limit of [1, 2, 3, 4, 5]) assert.deepEqual(await all(limit), admin.devices);
    admin.devices = [];
    assert.deepEqual(await page(""), { devices: [], next: undefined });
  });

  it("take 500 items when nobody says how many", async () => {
    admin.devices = Array.from({ length: 501 }, (_, at) => `Custom:${at}`);
    assert.equal((await page("")).devices.length, 500);
  });

  it("go on near the same place when the list changes meanwhile", async () => {
    admin.devices = ["a:1", "a:2", "a:3", "a:4"];
    const { next = "" } = await page("?limit=2");
    const after = `?limit=2&after=${encodeURIComponent(next)}`;
    admin.devices = ["a:0", "a:1", "a:2", "a:3", "a:4"];
    assert.deepEqual((await page(after)).devices, ["a:3", "a:4"], "one more in front");
    admin.devices = ["a:1", "a:3", "a:4"];
    assert.deepEqual((await page(after)).devices, ["a:3", "a:4"], "the last one shown is gone");
    admin.devices = [];
    assert.deepEqual(await page(after), { devices: [], next: undefined }, "all are gone");
  });

  it("end also while the list loses and gains items all the time", async () => {
    admin.devices = Array.from({ length: 100 }, (_, at) => `a:${at}`);
    let after: string | undefined = "";
    let pages = 0;
    while (after !== undefined) {
      const { next, devices }: { next: string | undefined; devices: string[] } = await page(
        `?limit=10&after=${encodeURIComponent(after)}`,
      );
      const gone = devices.at(-1);
      admin.devices = [...admin.devices.filter((device) => device !== gone), `b:${pages}`];
      after = next;
      pages += 1;
      assert.ok(pages < 30);
    }
  });

  it("are refused with a limit or a mark that is none", async () => {
    for (const query of [
      "?limit=0",
      "?limit=5001",
      "?limit=-1",
      "?limit=1.5",
      "?limit=1e2",
      "?limit=",
      "?limit=x",
      "?after=zzz",
      "?after=.x",
    ])
      assert.equal((await admin.ask("GET", `/api/v1/devices${query}`)).status, 422, query);
    for (const query of ["?limit=5000", "?limit=1&limit=x", "?after=999999999.x", "?after=0.__proto__", "?nothing=1"])
      assert.equal((await admin.ask("GET", `/api/v1/devices${query}`)).status, 200, query);
  });
});
