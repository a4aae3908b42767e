-- Takes documents of one shard whose alarm is due and puts their alarm off, by twice as long each time they are taken
-- without having been changed.
-- KEYS: the alarms of the shard, how often documents were taken. ARGV: how many at most, by how many milliseconds, how
-- many times that at most.
-- Answers the server's time, the earliest alarm that is left ('' for none), then member and alarm of each document taken.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answer = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[1])
if #answer > 0 then
  -- Takes no memory, and as the first write lets the others through on a server that is full: what is under way goes on.
  redis.call('HDEL', KEYS[2], '')
end
for i = 1, #answer, 2 do
  local before = redis.call('HINCRBY', KEYS[2], answer[i], 1) - 1
  local times = math.min(2 ^ before, tonumber(ARGV[3]))
  redis.call('ZADD', KEYS[1], now + ARGV[2] * times, answer[i])
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
table.insert(answer, 1, first[2] or '')
table.insert(answer, 1, string.format('%.0f', now))
return answer
