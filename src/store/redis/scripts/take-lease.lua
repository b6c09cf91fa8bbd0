-- Takes a free lease under a new epoch, or renews the one that this holder has.
-- KEYS: 1 lease, 2 last epoch
-- ARGV: 1 holder, 2 how long, in ms
-- Replies: {"held" | "refused", lease}; a lease is "epoch:holder"
local lease = redis.call('GET', KEYS[1])
if lease and string.match(lease, '^%d+:(.*)$') ~= ARGV[1] then
  return { 'refused', lease }
end
if lease then
  -- No SET: what is renewed needs no memory, and a full server must not make nodes fall silent.
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
else
  -- The lease is gone when it has run out; the counter stays, so that the next epoch is above it.
  local epoch = redis.call('INCR', KEYS[2])
  if epoch == 1 then
    -- Epochs given before data were lost began earlier: counting from the time (µs) on, they stay below.
    local time = redis.call('TIME')
    epoch = tonumber(time[1]) * 1000000 + tonumber(time[2])
    redis.call('SET', KEYS[2], string.format('%.0f', epoch))
  end
  lease = string.format('%.0f:', epoch) .. ARGV[1]
  redis.call('SET', KEYS[1], lease, 'PX', ARGV[2])
end
return { 'held', lease }
