# An HTTP service; it listens on $PORT.
require "webrick"

ANSWERS = { "/healthz" => "ok\n", "/" => "Hello from orders\n" }.freeze

# The status and the text for a path.
def answer(path)
  text = ANSWERS[path]
  text ? [200, text] : [404, "not found\n"]
end

def make_server(port)
  server = WEBrick::HTTPServer.new(Port: port, AccessLog: [], Logger: WEBrick::Log.new($stderr, WEBrick::Log::WARN))
  server.mount_proc("/") do |request, response|
    response.status, response.body = answer(request.path)
    response["Content-Type"] = "text/plain; charset=utf-8"
  end
  server
end

if __FILE__ == $PROGRAM_NAME
  server = make_server(Integer(ENV.fetch("PORT", "8080")))
  # Kubernetes stops a pod with SIGTERM and waits for the requests under way.
  trap("TERM") { server.shutdown }
  server.start
end
