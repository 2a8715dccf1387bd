"""The server at which the processes of one Horovod attempt find each other. Standard library only, Python 3.8+.

    python rendezvous.py ADDRESS PORT SCOPES

ADDRESS is what it listens on, empty for every address of the machine. SCOPES is a JSON file {scope: number of processes}.

Gloo keeps the addresses of the processes here as bytes, each under a scope and a key:
  PUT /scope/key      keeps the body
  GET /scope/key      answers with the bytes, or with 404 as long as there are none: the others ask again every 10 ms
  DELETE /scope/rank  says that this rank needs the scope no more. When as many ranks as the scope has have said so, it is
                      forgotten, so that the same scope can be used for another meeting. In a scope whose size is unknown
                      (a process set's) the key itself is deleted.
"""
import json
import sys
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer


class Store:
    """Values by scope and key; each method is atomic."""

    def __init__(self, sizes):
        self._sizes = sizes
        self._values = defaultdict(dict)
        self._left = defaultdict(set)
        self._lock = threading.Lock()

    def put(self, scope, key, value):
        with self._lock:
            self._values[scope][key] = value

    def get(self, scope, key):
        with self._lock:
            return self._values.get(scope, {}).get(key)

    def delete(self, scope, key):
        with self._lock:
            if scope not in self._sizes:
                self._values[scope].pop(key, None)
                return
            self._left[scope].add(key)  # a set: a rank that repeats its request still counts once
            if len(self._left[scope]) >= self._sizes[scope]:
                self._left.pop(scope)
                self._values.pop(scope, None)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024  # all processes ask at once, a hundred times a second each

    def __init__(self, address, store):
        self.store = store
        super().__init__(address, Handler)

    def server_bind(self):
        # Not HTTPServer's: it looks up the machine's full name, which takes long where no name server answers.
        TCPServer.server_bind(self)


class Handler(BaseHTTPRequestHandler):
    timeout = 10  # seconds; a client that stops in the middle of a request gives up its thread

    def do_GET(self):
        self.handle_key(lambda scope, key: self.server.store.get(scope, key))

    def do_PUT(self):
        length = int(self.headers.get("Content-Length", 0))
        value = self.rfile.read(length)
        if len(value) == length:  # else the client went away in the middle; half an address is worse than none
            self.handle_key(lambda scope, key: self.server.store.put(scope, key, value) or b"")

    def do_DELETE(self):
        self.handle_key(lambda scope, key: self.server.store.delete(scope, key) or b"")

    def handle_key(self, action):
        scope, _, key = self.path[1:].partition("/")
        if not key:
            self.answer(400, b"")
            return
        found = action(scope, key)
        self.answer(404 if found is None else 200, found or b"")

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")  # some clients take an answer in HTTP/1.0 for an offer to go on
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass  # a line for each question would bury everything else


def main():
    address, port, scopes = sys.argv[1:]
    with open(scopes, encoding="utf-8") as file:
        sizes = json.load(file)
    with Server((address, int(port)), Store(sizes)) as server:
        print(f"rendezvous of {sizes['global']} processes at {address or '*'}:{port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
