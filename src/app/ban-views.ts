import type { BanJson, BansPort } from "#admin/ports";
import type { Clock } from "#base/clock";
import type { Ban, FailureLimiter } from "#sip/guard/failure-limiter";

const BLOCK_END = "::/64";

/** The bans of this node as the API shows them. */
export function bansPort(failures: FailureLimiter, clock: Clock): BansPort {
  return {
    list: () => {
      const byKey = new Map(failures.bans(clock.now()).map((ban) => [`${ban.source} ${ban.account ?? ""}`, ban]));
      const show = (key: string): BanJson | undefined => {
        const ban = byKey.get(key);
        return ban === undefined ? undefined : banJson(ban);
      };
      return { keys: () => [...byKey.keys()], get: show };
    },
    // The half of an IPv6 address that names its customer is written as a block, and taken as one address of it.
    free: (source) => failures.free(source.endsWith(BLOCK_END) ? source.slice(0, -"/64".length) : source, clock.now()),
  };
}

function banJson({ source, account, until, times }: Ban): BanJson {
  return {
    source: source.includes(":") ? `${source}${BLOCK_END}` : source,
    ...(account === undefined ? {} : { account }),
    until: new Date(until).toISOString(),
    times,
  };
}
