-- Writes all changes of one commit or none: 1 when it is (or was) written, 0 on a conflict.
-- KEYS: the alarms of the shard, then of each change: document, log, its indexes.
-- ARGV: token ('' for none), then of each change: 'put' | 'delete' | 'wake', version read ('' for none), member of the
-- alarms, alarm ('' for none), number of log entries, number of indexes; of a put also: document, entries, scores.
local alarms, token = KEYS[1], ARGV[1]
local changes, conflict = {}, false

local k, a = 2, 2
while ARGV[a] do
  local change = {
    verb = ARGV[a], version = ARGV[a + 1], member = ARGV[a + 2], alarm = ARGV[a + 3],
    document = KEYS[k], log = KEYS[k + 1], indexes = k + 1, logs = tonumber(ARGV[a + 4]),
    count = tonumber(ARGV[a + 5]), values = a + 6,
  }
  if change.verb ~= 'wake' then
    local head = redis.call('GETRANGE', change.document, 0, 15)
    change.exists = head ~= ''
    if string.sub(head, 1, 8) ~= change.version and (change.exists or change.verb == 'put') then
      if token ~= '' and change.verb == 'put' and string.sub(head, 9) == token then
        return 1
      end
      conflict = true
    end
  end
  changes[#changes + 1] = change
  k = k + 2 + change.count
  a = a + 6
  if change.verb == 'put' then
    a = a + 1 + change.logs + change.count
  end
end
if conflict then
  return 0
end

local function put(change)
  redis.call('SET', change.document, ARGV[change.values])
  for i = change.values + 1, change.values + change.logs do
    redis.call('RPUSH', change.log, ARGV[i])
  end
  if change.alarm ~= '' then
    redis.call('ZADD', alarms, change.alarm, change.member)
  elseif change.exists then
    redis.call('ZREM', alarms, change.member)
  end
  local id = string.match(change.member, '^[^:]*:(.*)$')
  for i = 1, change.count do
    local score = ARGV[change.values + change.logs + i]
    if score ~= '' then
      redis.call('ZADD', KEYS[change.indexes + i], score, id)
    else
      redis.call('ZREM', KEYS[change.indexes + i], id)
    end
  end
end

local function delete(change)
  if not change.exists then
    return
  end
  redis.call('UNLINK', change.document, change.log)
  redis.call('ZREM', alarms, change.member)
  local id = string.match(change.member, '^[^:]*:(.*)$')
  for i = 1, change.count do
    redis.call('ZREM', KEYS[change.indexes + i], id)
  end
end

local function wake(change)
  local version = redis.call('GETRANGE', change.document, 0, 7)
  if version == '' then
    return
  end
  local set = redis.call('ZSCORE', alarms, change.member)
  if set and tonumber(set) <= tonumber(change.alarm) then
    return
  end
  redis.call('ZADD', alarms, change.alarm, change.member)
  redis.call('SETRANGE', change.document, 0, struct.pack('>I8', struct.unpack('>I8', version) + 1))
end

local verbs = { put = put, delete = delete, wake = wake }
for _, change in ipairs(changes) do
  verbs[change.verb](change)
end
return 1
