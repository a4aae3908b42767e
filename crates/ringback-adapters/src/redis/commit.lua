-- Writes all changes of one commit or none: 1 when it is (or was) written, 0 on a conflict, -n when its limit n is
-- reached.
-- KEYS: the alarms of the shard, how often its documents were claimed, of each change: document, its indexes; of each
-- limit: its index.
-- ARGV: token ('' for none), number of arguments of the changes, '1' for new work that a full server refuses, of each change: 'put' | 'delete' | 'wake', version read ('' for none), member of the
-- alarms, alarm ('' for none), number of log entries, number of indexes; of a put also: head, body, entries, scores. Of
-- each limit: how many there may be, number of ranges, from and until of each.
local call, alarms, claims, token = redis.call, KEYS[1], KEYS[2], ARGV[1]
local conflict = false

local last = 3 + ARGV[2]
local k, a = 3, 4
while a <= last do
  local verb, logs, indexes = ARGV[a], tonumber(ARGV[a + 4]), tonumber(ARGV[a + 5])
  if verb ~= 'wake' then
    local head = call('LINDEX', KEYS[k], 0) or ''
    if string.sub(head, 1, 8) ~= ARGV[a + 1] then
      if verb == 'put' and token ~= '' then
        for i = 9, #head, 8 do
          if string.sub(head, i, i + 7) == token then
            return 1
          end
        end
      end
      conflict = conflict or verb == 'put' or head ~= ''
    end
  end
  k = k + 1 + indexes
  a = a + 6
  if verb == 'put' then
    a = a + 2 + logs + indexes
  end
end
if conflict then
  return 0
end

local limit = 1
while ARGV[a] do
  local room, ranges = tonumber(ARGV[a]), tonumber(ARGV[a + 1])
  for i = a + 2, a + 2 * ranges, 2 do
    room = room - call('ZCOUNT', KEYS[k], ARGV[i], '(' .. ARGV[i + 1])
  end
  if room <= 0 then
    return -limit
  end
  k = k + 1
  a = a + 2 + 2 * ranges
  limit = limit + 1
end

-- A server that is full refuses the first write of a script if it may take memory, and lets all others through.
if ARGV[3] == '1' then
  call('RPUSHX', KEYS[3], '')
else
  call('HDEL', claims, '')
end

k, a = 3, 4
while a <= last do
  local verb, version, member, alarm = ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3]
  local logs, indexes = tonumber(ARGV[a + 4]), tonumber(ARGV[a + 5])
  local document = KEYS[k]
  local id = string.sub(member, string.find(member, ':', 1, true) + 1)
  k = k + 1
  a = a + 6
  call('HDEL', claims, member)
  if verb == 'put' then
    if version == '' then
      call('RPUSH', document, ARGV[a], ARGV[a + 1])
    else
      -- The tokens of the last puts: a commit whose answer was lost is known again although others have written since.
      local before = string.sub(call('LINDEX', document, 0), 9, 64)
      call('LSET', document, 0, ARGV[a] .. before)
      call('LSET', document, 1, ARGV[a + 1])
    end
    a = a + 2
    for i = a, a + logs - 1 do
      call('RPUSH', document, ARGV[i])
    end
    a = a + logs
    if alarm ~= '' then
      call('ZADD', alarms, alarm, member)
    elseif version ~= '' then
      call('ZREM', alarms, member)
    end
    for i = 0, indexes - 1 do
      local score = ARGV[a + i]
      if score ~= '' then
        call('ZADD', KEYS[k + i], score, id)
      else
        call('ZREM', KEYS[k + i], id)
      end
    end
    a = a + indexes
  elseif verb == 'delete' and call('EXISTS', document) == 1 then
    call('UNLINK', document)
    call('ZREM', alarms, member)
    for i = 0, indexes - 1 do
      call('ZREM', KEYS[k + i], id)
    end
  elseif verb == 'wake' then
    local head = call('LINDEX', document, 0)
    local set = call('ZSCORE', alarms, member)
    if head then
      if not (set and tonumber(set) <= tonumber(alarm)) then
        call('ZADD', alarms, alarm, member)
      end
      call('LSET', document, 0, struct.pack('>I8', struct.unpack('>I8', head) + 1) .. string.sub(head, 9))
    end
  end
  k = k + indexes
end
return 1
