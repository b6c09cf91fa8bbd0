-- Everything in a shard at one moment.
-- KEYS: 1 records, 2 sequence
-- ARGV: none
-- Replies: {sequence, {id, record, id, record, …}}
return { tonumber(redis.call('GET', KEYS[2]) or 0), redis.call('HGETALL', KEYS[1]) }
