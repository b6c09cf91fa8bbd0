-- Writes what a program beside Lamplighter says of a device into a slot of its own, and tells all nodes; tell-state.sh runs it.
-- KEYS: 1 records, 2 sequence, 3 life, 4 timers, 5 due times (of the device's shard)
-- ARGV: 1 device, 2 source, 3 state or "-" (nothing more to say), 4 seconds until it ends by itself or 0, 5 channel
-- Replies: the version of the record that it made, or an error
local states = { UNKNOWN = 1, NOT_INUSE = 1, INUSE = 1, BUSY = 1, INVALID = 1, UNAVAILABLE = 1, RINGING = 1, RINGINUSE = 1, ONHOLD = 1 }
local device, source, state, seconds = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
if not seconds or seconds < 0 then
  return redis.error_reply('ERR seconds: a number, 0 = for ever')
end
if state ~= '-' and not states[state] then
  return redis.error_reply('ERR state: one of those of Asterisk, as in GET /api/v1/devices')
end
-- What nodes refuse to read is not written: they would count all that is said of the device as nothing.
local DEVICE_MAX, SOURCE_MAX, SLOTS_MAX = 255, 100, 50
if device == '' or #device > DEVICE_MAX or device:find('["\\%c\128-\255]') then
  return redis.error_reply('ERR device: 1 to ' .. DEVICE_MAX .. ' characters of ASCII, no quotes, backslashes or controls')
end
if source == '' or #source > SOURCE_MAX or source:find('[\128-\255]') then
  return redis.error_reply('ERR source: 1 to ' .. SOURCE_MAX .. ' characters of ASCII')
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local current = redis.call('HGET', KEYS[1], device)
local version, slots = 0, {}
if current then
  version = tonumber(string.match(current, '^%d+'))
  slots = cjson.decode(string.match(current, '^%d+:(.*)$'))
end
local name = 'redis:' .. source
local before = slots[name]
if state == '-' then
  slots[name] = nil
else
  slots[name] = { state = state, cause = 'told by ' .. source, since = before and before.state == state and before.since or now }
  if seconds > 0 then
    slots[name].expiresAt = now + seconds * 1000
  end
end
local count = 0
for _ in pairs(slots) do
  count = count + 1
end
if count > SLOTS_MAX and state ~= '-' then
  return redis.error_reply('ERR device: ' .. SLOTS_MAX .. ' sources speak of it already')
end
local text = next(slots) and cjson.encode(slots) or nil
if not text and not current then
  return 0
end
-- From here on as src/store/redis/scripts/commit.lua does it.
if not text then
  redis.call('HDEL', KEYS[1], device)
end
local sequence = redis.call('INCR', KEYS[2])
if sequence == 1 then
  sequence = tonumber(time[1]) * 1000000 + tonumber(time[2])
  redis.call('SET', KEYS[2], string.format('%.0f', sequence))
  redis.call('SET', KEYS[3], string.format('%.0f', sequence))
end
version = current and version + 1 or sequence
if text then
  redis.call('HSET', KEYS[1], device, string.format('%.0f:', version) .. text)
end
local ends
for _, slot in pairs(slots) do
  if slot.expiresAt and (not ends or slot.expiresAt < ends) then
    ends = slot.expiresAt
  end
end
-- As nodes write it: cjson would escape the slash of "SIP/100", and nobody would find the timer again.
local timer = '["' .. device .. '","expiry"]'
if ends then
  redis.call('ZADD', KEYS[4], string.format('%.0f', ends), timer)
  redis.call('HSET', KEYS[5], timer, string.format('%.0f', ends))
else
  redis.call('ZREM', KEYS[4], timer)
  redis.call('HDEL', KEYS[5], timer)
end
local frame = string.format('%s%d:', text and '=' or '-', #device) .. device
redis.call('PUBLISH', ARGV[5], string.format('%.0f:%.0f:', sequence, version) .. frame .. (text or ''))
return string.format('%.0f', version)
