-- Hands out timers that are due and free, and keeps them from others until the claim ends.
-- KEYS: 1 timers, 2 due times
-- ARGV: 1 now, 2 end of the claim, 3 how many at most
-- Replies: {member, due time, member, due time, …}
local claimed = {}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  -- Removed before it is added: a server whose memory is full lets a script go on that began by making room.
  redis.call('ZREM', KEYS[1], member)
  redis.call('ZADD', KEYS[1], ARGV[2], member)
  claimed[#claimed + 1] = member
  claimed[#claimed + 1] = redis.call('HGET', KEYS[2], member)
end
return claimed
