-- Writes back what a watcher knows and the server lost: with its old version, where there is nothing newer.
-- KEYS: 1 records, 2 sequence, 3 life
-- ARGV: 1 sequence that the watcher knew, 2 channel, then for each record its id, the frame of the id in a message, its version, its value
-- Replies: {life, how many records were written}
local sequence = tonumber(redis.call('GET', KEYS[2]) or '0')
if sequence < tonumber(ARGV[1]) then
  -- An older state came back. Counting on from it would give sequences a second time: everybody is to read again.
  local time = redis.call('TIME')
  sequence = tonumber(time[1]) * 1000000 + tonumber(time[2])
  redis.call('SET', KEYS[2], string.format('%.0f', sequence))
  redis.call('SET', KEYS[3], string.format('%.0f', sequence))
end
local written = 0
for at = 3, #ARGV, 4 do
  local current = redis.call('HGET', KEYS[1], ARGV[at])
  local version = current and tonumber(string.match(current, '^%d+')) or 0
  if version < tonumber(ARGV[at + 2]) then
    local raised = redis.call('INCR', KEYS[2])
    redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 2] .. ':' .. ARGV[at + 3])
    redis.call('PUBLISH', ARGV[2], string.format('%.0f:', raised) .. ARGV[at + 2] .. ':' .. ARGV[at + 1] .. ARGV[at + 3])
    written = written + 1
  end
end
return { redis.call('GET', KEYS[3]), written }
