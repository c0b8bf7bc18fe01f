-- What wrk asks for: the addresses of a file, one after the other. Arguments: the file, the status
-- that each has to answer with, and for a POST the file of its body.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  expected, wrong, number, requests = tonumber(args[2]), 0, 0, {}
  if args[3] then
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
    local body = assert(io.open(args[3]))
    wrk.body = body:read("*a")
    body:close()
  end
  for path in io.lines(args[1]) do
    table.insert(requests, wrk.format(nil, path))
  end
end

function request()
  number = number % #requests + 1
  return requests[number]
end

function response(status)
  if status ~= expected then
    wrong = wrong + 1
  end
end

function done(summary, latency)
  local wrong_ones = 0
  for _, thread in ipairs(threads) do
    wrong_ones = wrong_ones + thread:get("wrong")
  end
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  local form = '\nRESULT {"requests": %d, "seconds": %f, "wrong": %d, "broken": %d, '
    .. '"p50": %f, "p95": %f, "p99": %f}\n'
  io.write(form:format(
    summary.requests, summary.duration / 1e6, wrong_ones, broken,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3
  ))
end
