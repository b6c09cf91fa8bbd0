import assert from "node:assert/strict";
import { ReplyError } from "ioredis";
import { isElsewhere, storeError } from "#store/redis/redis-errors";

const OOM = "OOM command not allowed when used memory > 'maxmemory'.";

describe("refusals of Redis", () => {
  for (const [message, code] of [
    [OOM, "store-unwritable"],
    // Redis 6.2 wraps what a command inside of a script was refused with.
    [`ERR Error running script (call to f_ab12): @user_script:21: @user_script: 21: -${OOM}`, "store-unwritable"],
    [
      "ERR Error running script (call to f_ab12): @user_script:21: -READONLY You can't write against a read only replica.",
      "store-unreachable",
    ],
    ["NOPERM this user has no permissions to run the 'evalsha' command", "store-unreachable"],
    ["MISCONF Redis is configured to save RDB snapshots", "store-unwritable"],
    ["WRONGTYPE Operation against a key holding the wrong kind of value", "store-broken"],
  ] as const)
    it(`${message.slice(0, 60)} is ${code}`, () => {
      assert.equal(storeError(new ReplyError(message)).code, code);
    });

  it("knows that a slot is elsewhere, and that nothing else is", () => {
    for (const message of [
      "MOVED 168 127.0.0.1:7000",
      "ASK 416 127.0.0.1:7000",
      "TRYAGAIN Multiple keys request during rehashing of slot",
    ])
      assert.ok(isElsewhere(new ReplyError(message)), message);
    for (const error of [new ReplyError(OOM), new Error("MOVED 1 a:1"), "MOVED", undefined]) assert.ok(!isElsewhere(error));
  });
});
