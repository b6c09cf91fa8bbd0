-- Compares version and fence; then writes the value, sets timers, appends to the outbox and publishes.
-- KEYS: 1 records, 2 sequence, 3 timers, 4 due times, 5 outbox, 6 lease of the record, 7 life
-- ARGV: 1 id, 2 expected version or "any", 3 "set", "delete" or "keep", 4 value, 5 frame of the id in a message, 6 channel,
--       7 lease that must hold or "", 8 count of timers, then for each its member and its time ("" clears), then outbox payloads
-- Replies: {"committed", version, sequence of the change or 0} | {"conflict", record or ""} | {"fenced", lease or ""}
if ARGV[7] ~= '' then
  local lease = redis.call('GET', KEYS[6])
  if lease ~= ARGV[7] then
    return { 'fenced', lease or '' }
  end
end
local current = redis.call('HGET', KEYS[1], ARGV[1])
local version = current and tonumber(string.match(current, '^%d+')) or 0
if ARGV[2] ~= 'any' and tonumber(ARGV[2]) ~= version then
  return { 'conflict', current or '' }
end
local sequence = 0
if ARGV[3] == 'set' or (ARGV[3] == 'delete' and current) then
  -- First: a server whose memory is full refuses a script that begins with a write that may need some, and only such a one.
  if ARGV[3] == 'delete' then
    redis.call('HDEL', KEYS[1], ARGV[1])
  end
  -- A new record begins above everything that ever was in this shard, so that no version comes twice.
  sequence = redis.call('INCR', KEYS[2])
  if sequence == 1 then
    -- Data that were lost began earlier: counting from the time (µs) on, they are outnumbered, and whoever knew them sees the gap.
    local time = redis.call('TIME')
    sequence = tonumber(time[1]) * 1000000 + tonumber(time[2])
    redis.call('SET', KEYS[2], string.format('%.0f', sequence))
    redis.call('SET', KEYS[7], string.format('%.0f', sequence))
  end
  version = current and version + 1 or sequence
  if ARGV[3] == 'set' then
    redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f:', version) .. ARGV[4])
  end
  redis.call('PUBLISH', ARGV[6], string.format('%.0f:%.0f:', sequence, version) .. ARGV[5] .. ARGV[4])
end
local timersEnd = 8 + 2 * tonumber(ARGV[8])
for at = 9, timersEnd, 2 do
  if ARGV[at + 1] == '' then
    redis.call('ZREM', KEYS[3], ARGV[at])
    redis.call('HDEL', KEYS[4], ARGV[at])
  else
    redis.call('ZADD', KEYS[3], ARGV[at + 1], ARGV[at])
    redis.call('HSET', KEYS[4], ARGV[at], ARGV[at + 1])
  end
end
for at = timersEnd + 1, #ARGV do
  redis.call('XADD', KEYS[5], '*', 'id', ARGV[1], 'payload', ARGV[at])
end
return { 'committed', version, sequence }
