-- Everything in a shard at one moment.
-- KEYS: 1 records, 2 sequence
-- ARGV: none
-- Replies: {sequence, {id, record, id, record, …}}
local sequence = redis.call('GET', KEYS[2])
if not sequence then
  -- As commit.lua begins it, so that the first change is the next one to whoever reads now.
  local time = redis.call('TIME')
  sequence = string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2]))
  redis.call('SET', KEYS[2], sequence)
end
return { tonumber(sequence), redis.call('HGETALL', KEYS[1]) }
