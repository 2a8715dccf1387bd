"""Runs commands for other replicas of the same attempt inside this one: a remote shell without ssh.

What runs here belongs to this replica: its limits, devices, usage and end. A command lives no longer than the connection
that asked for it, and is told TERM when this replica is. Python 3.8 or newer, standard library only.
"""
import argparse
import contextlib
import ctypes
import os
import selectors
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # not there under PYTHONSAFEPATH
import rsh_protocol as protocol

MARK = "MLENGINE_SHELL_COMMAND"


class Command:
    """One command with all that it starts, also what leaves its process group: everything carries a mark."""

    def __init__(self, script, mark):
        self.mark = mark
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", script], env=dict(os.environ, **{MARK: mark}), start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        self._ended, self._alive = os.pipe()
        threading.Thread(target=self._await_end, daemon=True).start()

    def _await_end(self):
        self.process.wait()
        os.close(self._alive)

    def signal(self, number):
        """To the group, and to what has left it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        for process in marked(self.mark):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    def end(self, patience):
        """TERM, then KILL; returns when nothing of it is alive."""
        self.signal(signal.SIGTERM)
        while not self._is_over(patience):
            self.signal(signal.SIGKILL)
            patience = 1  # again, for what was forked meanwhile

    def _is_over(self, patience):
        deadline = time.monotonic() + patience
        while self.process.poll() is None or marked(self.mark):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def pump(self, stream, channel, kind):
        """Sends what the command writes, until it has ended and nothing is left.

        The end of the stream is not waited for: what was put into the background may keep it open for ever.
        """
        with selectors.DefaultSelector() as selector, contextlib.suppress(protocol.Gone):
            selector.register(stream, selectors.EVENT_READ)
            selector.register(self._ended, selectors.EVENT_READ)
            while stream in [key.fileobj for key, _ in selector.select()]:
                data = stream.read(protocol.CHUNK)
                if not data:
                    return
                channel.send(kind, data)

    def feed(self, data, channel):
        """Gives data to its standard input; when it reads no more, the client has nothing left to send."""
        with contextlib.suppress(OSError, ValueError, protocol.Gone):
            while data:
                data = data[self.process.stdin.write(data):]
            channel.send(protocol.TAKEN)

    def code(self):
        code = self.process.wait()
        return code if code >= 0 else 128 - code

    def close(self):
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(OSError):
                stream.close()
        os.close(self._ended)


def marked(mark):
    """The processes that carry a mark in their environment; one that has ended has no environment."""
    text = ("%s=%s" % (MARK, mark)).encode()
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):  # ended meanwhile, or another user's
            with open("/proc/%s/environ" % name, "rb") as environment:
                if text in environment.read().split(b"\0"):
                    found.append(int(name))
    return found


class Session(socketserver.BaseRequestHandler):
    """One connection, which is one command."""

    def handle(self):
        try:
            channel, script = protocol.accept(self.request, self.server.secret)
        except (protocol.Refused, protocol.Gone) as refusal:
            say("no command from %s: %s" % (self.client_address[0], refusal))
            return
        try:
            with self.server.running(script) as command:
                # Never the text of a command: some launchers put secrets into it.
                say("command %s runs as process %d" % (command.mark, command.process.pid))
                self._serve(channel, command)
                say("command %s ended with %d" % (command.mark, command.code()))
        except OSError as error:  # too long, or too many processes
            with contextlib.suppress(protocol.Gone):
                channel.send(protocol.ERROR, ("rsh-agent: %s\n" % error).encode())
                channel.send(protocol.EXIT, b"126")
                while True:  # until the client has read that and closes
                    channel.receive()

    def _serve(self, channel, command):
        told = threading.Event()
        listener = self._thread(self._listen, channel, command, told)
        pumps = [self._thread(command.pump, command.process.stdout, channel, protocol.OUTPUT),
                 self._thread(command.pump, command.process.stderr, channel, protocol.ERROR)]
        code = command.code()
        for pump in pumps:
            pump.join()
        told.set()
        with contextlib.suppress(protocol.Gone):
            channel.send(protocol.EXIT, str(code).encode())
        # The client closes when it has read all; to close first could take away what it has not read yet.
        listener.join()

    def _listen(self, channel, command, told):
        try:
            while True:
                kind, payload = channel.receive()
                if kind == protocol.INPUT:
                    # Not on this thread: a command that does not read must not keep us from hearing its client leave.
                    self._thread(command.feed, payload, channel)
                elif kind == protocol.INPUT_END:
                    command.process.stdin.close()
                elif kind == protocol.SIGNAL:
                    command.signal(int(payload))
        except protocol.Gone:
            if not told.is_set():
                say("command %s has lost its client" % command.mark)
                command.end(self.server.patience)

    @staticmethod
    def _thread(work, *arguments):
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        thread.start()
        return thread


class Agent(socketserver.ThreadingTCPServer):
    """Listens, and knows the commands that run."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address, secret, patience, refused_word=None):
        super().__init__(address, Session)
        self.secret = secret
        self.patience = patience
        self._refused_word = refused_word
        self._commands = set()
        self._count = 0
        self._stopping = False
        self._change = threading.Condition()

    @contextlib.contextmanager
    def running(self, script):
        command = self._start(script)
        try:
            yield command
        finally:
            command.close()
            with self._change:
                self._commands.discard(command)
                self._change.notify_all()

    def _start(self, script):
        with self._change:
            if self._stopping:
                raise OSError("this replica is being stopped")
            if self._refused_word and self._refused_word in script:
                raise OSError("%s needs a host name of its own, and this machine's kernel gives none: run the engine as "
                              "root, or allow unprivileged user namespaces" % self._refused_word)
            self._count += 1
            command = Command(script, "%d-%d" % (os.getpid(), self._count))
            self._commands.add(command)
            return command

    def stop(self):
        """Tells all commands TERM and waits for them. Whoever stops this replica decides when KILL follows."""
        self.server_close()
        with self._change:
            self._stopping = True
            for command in self._commands:
                command.signal(signal.SIGTERM)
            self._change.wait_for(lambda: not self._commands)


def take_hostname(name):
    """Gives this process and all that it starts a host name of its own; says whether the kernel allowed it."""
    library = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.getuid(), os.getgid()
    new_names, new_users = 0x04000000, 0x10000000  # CLONE_NEWUTS, CLONE_NEWUSER
    if library.unshare(new_names) != 0:
        # Who is not root may do it inside a user namespace, in which everybody stays who he is.
        if library.unshare(new_users | new_names) != 0:
            return False
        for file, text in (("setgroups", "deny"), ("uid_map", "%d %d 1" % (uid, uid)), ("gid_map", "%d %d 1" % (gid, gid))):
            with open("/proc/self/" + file, "w", encoding="ascii") as target:
                target.write(text)
    socket.sethostname(name)
    return True


def say(text):
    print("rsh-agent: " + text, file=sys.stderr, flush=True)


def told_to_stop(number, _frame):
    signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + number)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bind", required=True, help="address to listen on")
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--hostname", help="host name of its own for what runs here, where the kernel allows it")
    parser.add_argument("--hostname-needed-by", metavar="WORD", help="where it does not, refuse commands with this word")
    parser.add_argument("--otherwise", metavar="NAME=VALUE", action="append", default=[],
                        help="where it does not, set a variable for what runs here")
    parser.add_argument("--patience", type=float, default=5,
                        help="seconds between TERM and KILL for a command that has lost its client")
    arguments = parser.parse_args()
    has_hostname = not arguments.hostname or take_hostname(arguments.hostname)
    if not has_hostname:
        os.environ.update(setting.split("=", 1) for setting in arguments.otherwise)
    agent = Agent((arguments.bind, arguments.port), protocol.secret_of_attempt(), arguments.patience,
                  None if has_hostname else arguments.hostname_needed_by)
    signal.signal(signal.SIGTERM, told_to_stop)
    signal.signal(signal.SIGINT, told_to_stop)
    try:
        agent.serve_forever()
    finally:
        agent.stop()


if __name__ == "__main__":
    main()
