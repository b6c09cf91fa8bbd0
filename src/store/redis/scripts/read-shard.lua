-- Everything in a shard at one moment.
-- KEYS: 1 records, 2 sequence, 3 life
-- ARGV: none
-- Replies: {sequence, life, {id, record, id, record, …}}
local sequence = redis.call('GET', KEYS[2])
if not sequence then
  -- As commit.lua begins it, so that the first change is the next one to whoever reads now.
  local time = redis.call('TIME')
  sequence = string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2]))
  redis.call('SET', KEYS[2], sequence)
  redis.call('SET', KEYS[3], sequence)
end
local life = redis.call('GET', KEYS[3])
if not life then
  life = sequence
  redis.call('SET', KEYS[3], life)
end
return { tonumber(sequence), life, redis.call('HGETALL', KEYS[1]) }
