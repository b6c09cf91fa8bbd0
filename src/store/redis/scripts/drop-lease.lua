-- Gives a lease back, if this holder has it.
-- KEYS: 1 lease
-- ARGV: 1 holder
-- Replies: 1 = dropped, 0 = it was another's or nobody's
local lease = redis.call('GET', KEYS[1])
if lease and string.match(lease, '^%d+:(.*)$') == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
