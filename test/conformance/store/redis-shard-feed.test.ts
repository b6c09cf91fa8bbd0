import assert from "node:assert/strict";
import type { ChangeMessage } from "#store/redis/change-message";
import { ShardFeed, type ShardPicture } from "#store/redis/shard-feed";
import type { Change, StoredRecord } from "#store/store";
import { FakeClock, settle } from "#test/support/fake-clock";

/** The order of everything that may tell a node of a change, without a server: messages, own answers, readings. */
describe("store redis, feed of a shard", () => {
  it("tells an own change at once, and not again when its message comes", async () => {
    const { feed, told } = await start();
    assert.equal(feed.learn(message(1)), undefined);
    feed.hear(message(1));
    feed.hear(message(2));
    assert.equal(feed.learn(message(2)), undefined);
    assert.deepEqual(told, [1, 2]);
  });

  it("keeps an own change until the messages before it came", async () => {
    const { feed, told, clock } = await start();
    const done = feed.learn(message(3));
    assert.deepEqual(told, []);
    feed.hear(message(1));
    assert.deepEqual(told, [1]);
    feed.hear(message(2));
    assert.deepEqual(told, [1, 2, 3]);
    await done;
    feed.hear(message(3));
    clock.advance(1000);
    assert.deepEqual(told, [1, 2, 3]);
    assert.equal(clock.pending, 0);
  });

  it("reads the shard when the messages before an own change do not come", async () => {
    const { feed, told, clock, server } = await start();
    server.commit(1, 2, 3);
    const done = feed.learn(message(3));
    await clock.advanceAndSettle(100);
    await done;
    assert.deepEqual(told, [3], "the record was only told as it is now");
    feed.hear(message(4));
    assert.deepEqual(told, [3, 4]);
  });

  it("reads the shard at once after a gap in the messages", async () => {
    const { feed, told, server } = await start();
    server.commit(1, 2, 3);
    feed.hear(message(3));
    feed.hear(message(4));
    await settle();
    assert.deepEqual(told, [3, 4]);
  });

  it("takes what comes while it reads after the picture, whatever the picture holds", async () => {
    const { feed, told, server } = await start();
    server.commit(1, 2);
    const read = feed.readOnce();
    feed.hear(message(1));
    feed.hear(message(2));
    feed.hear(message(3));
    const done = feed.learn(message(4));
    assert.deepEqual(told, []);
    await read;
    await done;
    assert.deepEqual(told, [2, 3, 4]);
  });

  it("rejects who waits when the shard cannot be read, and tries again until it can", async () => {
    const { feed, told, clock, server } = await start();
    server.commit(1, 2);
    server.isDown = true;
    const done = assert.rejects(Promise.resolve(feed.learn(message(2))), /down/);
    await clock.advanceAndSettle(60);
    await done;
    assert.deepEqual(told, []);
    server.isDown = false;
    await clock.advanceAndSettle(300);
    assert.deepEqual(told, [2]);
    assert.equal(clock.pending, 0);
  });

  it("lets go who waits for a change that the server has lost, and tells what is there", async () => {
    const { feed, told, clock, server } = await start();
    const done = feed.learn(message(7));
    server.commit(2);
    await clock.advanceAndSettle(100);
    await done;
    assert.deepEqual(told, [2]);
    assert.equal(clock.pending, 0);
  });

  it("writes back what it knows when messages count anew, and tells nobody that anything was lost", async () => {
    const { feed, told, server } = await start();
    for (const sequence of [1, 2, 3]) feed.hear(message(sequence));
    server.commit(1);
    feed.hear(message(1));
    await settle();
    assert.deepEqual(server.restored, [{ sequence: 3, versions: [3] }]);
    assert.deepEqual(told, [1, 2, 3]);
    assert.equal(feed.sequence, RESTORED_AT);
    server.commit(RESTORED_AT + 1);
    feed.hear(message(RESTORED_AT + 1));
    assert.deepEqual(told, [1, 2, 3, RESTORED_AT + 1]);
  });

  it("writes back what it knows when the shard began a new life, though it counts above the old one", async () => {
    const { feed, told, server } = await start();
    feed.hear(message(1));
    server.lose(50);
    feed.hear(message(50));
    await settle();
    assert.deepEqual(server.restored, [{ sequence: 1, versions: [1] }]);
    assert.deepEqual(told, [1, 50]);
  });

  it("says that the store is closed to who waits while it closes", async () => {
    const { feed, clock } = await start();
    const done = Promise.resolve(feed.learn(message(5)));
    feed.close();
    await assert.rejects(done, { code: "store-closed" });
    assert.equal(clock.pending, 0);
  });
});

/** Where a shard counts on after something was written back. */
const RESTORED_AT = 1000;

/** One record; its version is the sequence. */
class FakeServer {
  isDown = false;
  readonly restored: { readonly sequence: number; readonly versions: readonly number[] }[] = [];
  #sequence = 0;
  #life = "first";
  #record: StoredRecord | undefined;

  commit(...sequences: readonly number[]): void {
    this.#sequence = sequences.at(-1) ?? 0;
    const version = this.#sequence;
    this.#record = version === 0 ? undefined : { id: "a", version, value: String(version) };
  }

  /** All is gone, and somebody made the record anew. */
  lose(sequence: number): void {
    this.#life = `since ${sequence}`;
    this.commit(sequence);
  }

  readonly restore = async (sequence: number, records: readonly StoredRecord[]): Promise<string> => {
    this.restored.push({ sequence, versions: records.map(({ version }) => version) });
    await Promise.resolve();
    if (this.#sequence < sequence) {
      this.#life = "restored";
      this.#sequence = RESTORED_AT;
    }
    const [known] = records;
    if (known !== undefined && known.version > (this.#record?.version ?? 0)) this.#record = known;
    return this.#life;
  };

  readonly read = async (): Promise<ShardPicture> => {
    const sequence = this.#sequence;
    await Promise.resolve();
    if (this.isDown) throw new Error("down");
    const records = this.#record === undefined ? [] : [this.#record];
    return { sequence, life: this.#life, records: new Map(records.map((record) => [record.id, record])) };
  };
}

async function start(): Promise<{ feed: ShardFeed; told: number[]; clock: FakeClock; server: FakeServer }> {
  const clock = new FakeClock();
  const server = new FakeServer();
  const told: number[] = [];
  const tell = (change: Change): void => {
    told.push(change.version);
  };
  const feed = new ShardFeed({ clock, read: server.read, restore: server.restore, tell });
  await feed.readOnce();
  return { feed, told, clock, server };
}

function message(sequence: number): ChangeMessage {
  return { sequence, change: { id: "a", version: sequence, value: String(sequence) } };
}
