-- wrk's side of the bench: batches of the tag with fresh ids and times. Arguments: events a body.
local ffi = require("ffi")
ffi.cdef("typedef struct { long s; long ns; } wl_time; int clock_gettime(int clock, wl_time *now);")
local now = ffi.new("wl_time")

local function ms()
  ffi.C.clock_gettime(0, now)
  return tonumber(now.s) * 1000 + math.floor(tonumber(now.ns) / 1000000)
end

local LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
local function text(length)
  local made = {}
  for i = 1, length do
    local at = math.random(64)
    made[i] = LETTERS:sub(at, at)
  end
  return table.concat(made)
end

local agents, visitors, events, head = {}, {}, 1, ""

local function add(form, from, to)
  for version = from, to do agents[#agents + 1] = form:format(version, version) end
end

function init(args)
  math.randomseed(ms() % 2147483647)
  events = tonumber(args[1]) or 1
  add("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36", 146, 156)
  add("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Mobile Safari/537.36", 147, 156)
  add("Mozilla/5.0 (X11; Linux x86_64; rv:%d.0) Gecko/20100101 Firefox/%d.0", 144, 153)
  add("Mozilla/5.0 (iPhone; CPU iPhone OS %d_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/%d.1 Mobile/15E148 Safari/604.1", 17, 26)
  for i = 1, 5000 do visitors[i] = text(22) end
  head = "POST /in HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port
    .. "\r\nOrigin: http://example.com\r\nReferer: http://example.com/\r\nAccept: */*\r\nContent-Type: text/plain;charset=UTF-8\r\nUser-Agent: "
end

local function event(at, page, n)
  -- uuid7: the time, then dice of 12, 14 and 48 bits
  local id = ("%08x-%04x-7%03x-%04x-%06x%06x"):format(
    math.floor(at / 65536), at % 65536, math.random(0, 4095), math.random(32768, 49151), math.random(0, 16777215), math.random(0, 16777215))
  if n == 1 then
    return ('{"id":"%s","type":"view","at":%d,"n":1,"page":"%s","url":"http://example.com/services/page-%d?utm_source=lettre&utm_medium=email&utm_campaign=rentree",'
      .. '"referrer":"https://www.google.com/","title":"Nos services pour votre entreprise %d","nav":"load"}'):format(id, at, page, math.random(200), math.random(200))
  end
  return ('{"id":"%s","type":"engage","at":%d,"n":%d,"page":"%s","url":"http://example.com/services/page-1","ms":%d,"scroll":%d}'):format(
    id, at, n, page, math.random(15000), math.random(0, 100))
end

function request()
  local at, page, made = ms(), text(12), {}
  for n = 1, events do made[n] = event(at, page, n) end
  local body = ('{"v":1,"site":42,"visitor":"%s","consent":"granted","sent":%d,"context":{"screen":"1920x1080","viewport":"1280x900","language":"fr-FR",'
    .. '"zone":"Europe/Paris","tag":"0.1.0","automated":0},"events":[%s]}'):format(visitors[math.random(5000)], at, table.concat(made, ","))
  return head .. agents[math.random(#agents)] .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

function done(summary, latency)
  local wrong = summary.errors
  io.write(('\n{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"errors":%d}\n'):format(summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, wrong.connect + wrong.read + wrong.write + wrong.status + wrong.timeout))
end
