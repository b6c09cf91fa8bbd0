import { restoreShard } from "./restore-shard.ts";
import type { RedisServer } from "./server.ts";
import { SHARDS, shardOf } from "./shards.ts";

type Server = Pick<RedisServer, "readMark" | "script">;

/** How far a shard was, and whether our own commits have shown that it went back since the last look. */
interface Mark {
  sequence: number;
  life: string;
  wentBack: boolean;
}

/** Shards of one collection that nobody follows, of which it must be known all the same when they lose what was acknowledged. */
export class UnwatchedShards {
  readonly #server: Server;
  readonly #collection: string;
  readonly #marks: (Mark | undefined)[] = Array.from({ length: SHARDS }, () => undefined);

  constructor(server: Server, collection: string) {
    this.#server = server;
    this.#collection = collection;
  }

  /** Our own commit of a record was the shard's change of that number. */
  committed(id: string, sequence: number): void {
    const mark = this.#marks[shardOf(id)];
    if (mark === undefined) return;
    if (sequence <= mark.sequence) mark.wentBack = true;
    else mark.sequence = sequence;
  }

  /** Looks at all of them; resolves with whether anything was lost since the last look. */
  async look(): Promise<boolean> {
    const looks = await Promise.allSettled(this.#marks.map((known, shard) => this.#look(shard, known)));
    // A shard that does not answer is looked at the next time, and hides nothing of the others.
    return looks.some((look) => look.status === "fulfilled" && look.value);
  }

  async #look(shard: number, known: Mark | undefined): Promise<boolean> {
    // Before the question: what our own commits make of it meanwhile is no loss.
    const sequenceBefore = known?.sequence ?? 0;
    const { sequence, life } = await this.#server.readMark(this.#collection, shard);
    const isLost =
      known !== undefined && (known.wentBack || sequence < sequenceBefore || (known.life !== "" && life !== known.life));
    if (!isLost) {
      this.#marks[shard] = { sequence: Math.max(sequence, known?.sequence ?? 0), life, wentBack: known?.wentBack === true };
      return false;
    }
    // The count goes on above what was, under another life: so other nodes see the loss too.
    const restored = await restoreShard(this.#server, this.#collection, shard, {
      sequence: Math.max(sequenceBefore, known.sequence),
      records: [],
      timersOf: () => [],
    });
    this.#marks[shard] = { sequence: 0, life: restored.life, wentBack: false };
    return true;
  }
}
