import type { Random } from "#base/random";

/** A record that names a server (RFC 2782). */
export interface ServerRecord {
  /** Host name. */
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** The order to try servers in: lowest priority first, those of one priority drawn by weight (RFC 2782). */
export function orderServers(records: readonly ServerRecord[], random: Random): ServerRecord[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((left, right) => left - right);
  return priorities.flatMap((wanted) =>
    drawn(
      records.filter(({ priority }) => priority === wanted),
      random,
    ),
  );
}

function drawn(records: readonly ServerRecord[], random: Random): ServerRecord[] {
  const left = [...records].sort((one, other) => one.weight - other.weight);
  const order: ServerRecord[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0);
    let mark = random.below(total + 1);
    const at = left.findIndex(({ weight }) => (mark -= weight) <= 0);
    order.push(...left.splice(Math.max(0, at), 1));
  }
  return order;
}
