-- Takes a free lease under a new epoch, or renews the one that this holder has.
-- KEYS: 1 lease, 2 last epoch
-- ARGV: 1 holder, 2 how long, in ms
-- Replies: {"held" | "refused", lease}; a lease is "epoch:holder"
local lease = redis.call('GET', KEYS[1])
if lease and string.match(lease, '^%d+:(.*)$') ~= ARGV[1] then
  return { 'refused', lease }
end
-- The lease is gone when it has run out; the counter stays, so that the next epoch is above it.
lease = lease or string.format('%.0f:', redis.call('INCR', KEYS[2])) .. ARGV[1]
redis.call('SET', KEYS[1], lease, 'PX', ARGV[2])
return { 'held', lease }
