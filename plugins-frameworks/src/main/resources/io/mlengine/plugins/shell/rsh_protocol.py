"""What both ends of the remote shell say to each other (Python 3.8 or newer, standard library only).

A connection runs one command. First each end proves that it knows the attempt's secret, which itself is never sent: it
signs the other end's random challenge, together with the request. Then frames follow: one letter, the length of the
payload in four bytes, the payload.
"""
import hashlib
import hmac
import json
import os
import socket
import struct
import threading

SECRET = "MLENGINE_ATTEMPT_SECRET"

# From the client.
INPUT = b"I"  # bytes for the command's standard input; the next follow after TAKEN
INPUT_END = b"C"
SIGNAL = b"S"  # number of a signal for the command, as text
# From the agent.
OUTPUT = b"O"
ERROR = b"E"
TAKEN = b"T"  # the last INPUT has been passed on
EXIT = b"X"  # exit code as text; 128 + n after signal n, as shells have it

CHUNK = 64 * 1024
_FRAME_HEAD = struct.Struct("!cI")
_LONGEST_LINE = 4 * 1024 * 1024  # Linux accepts no longer command
_HANDSHAKE_SECONDS = 30


class Refused(Exception):
    """The other end cannot prove that it belongs to the same attempt, or does not speak this protocol."""


class Gone(Exception):
    """The other end has closed the connection, or its machine no longer answers."""


class Channel:
    """A connection after the handshake. Frames may be sent from several threads; one thread receives."""

    def __init__(self, connection, source):
        self._connection = connection
        # That which read the handshake: it may have read on, into the first frames.
        self._source = source
        # A signal handler may send while its own thread is sending.
        self._sending = threading.RLock()

    def send(self, kind, payload=b""):
        try:
            with self._sending:
                self._connection.sendall(_FRAME_HEAD.pack(kind, len(payload)) + payload)
        except OSError as error:
            raise Gone(str(error)) from error

    def receive(self):
        kind, length = _FRAME_HEAD.unpack(self._read(_FRAME_HEAD.size))
        return kind, self._read(length)

    def _read(self, length):
        try:
            data = self._source.read(length)
        except OSError as error:
            raise Gone(str(error)) from error
        if len(data) < length:
            raise Gone("the connection was closed")
        return data


def secret_of_attempt():
    """The secret that the backend has given to all replicas of this attempt."""
    secret = os.environ.get(SECRET, "")
    if not secret:
        raise SystemExit("rsh-agent: %s is missing; the engine's backend sets it" % SECRET)
    return secret.encode()


def ask(connection, secret, script):
    """The client's half of the handshake: has the agent run a line of shell."""
    _prepare(connection)
    source = connection.makefile("rb")
    theirs = str(_read_line(source).get("challenge"))
    ours = os.urandom(32).hex()
    _write_line(connection, {
        "challenge": ours, "script": script, "proof": _sign(secret, "client", theirs, ours, script)})
    answer = _read_line(source)
    if "refused" in answer:
        raise Refused(str(answer["refused"]))
    _check(_sign(secret, "agent", theirs, ours, script), str(answer.get("proof")))
    connection.settimeout(None)
    return Channel(connection, source)


def accept(connection, secret):
    """The agent's half of the handshake: returns the channel and the line of shell to run."""
    _prepare(connection)
    ours = os.urandom(32).hex()
    _write_line(connection, {"challenge": ours})
    source = connection.makefile("rb")
    request = _read_line(source)
    theirs, script = str(request.get("challenge")), str(request.get("script"))
    try:
        _check(_sign(secret, "client", ours, theirs, script), str(request.get("proof")))
    except Refused as refusal:
        _write_line(connection, {"refused": str(refusal)})
        raise
    _write_line(connection, {"proof": _sign(secret, "agent", ours, theirs, script)})
    connection.settimeout(None)
    return Channel(connection, source), script


def _prepare(connection):
    connection.settimeout(_HANDSHAKE_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # A machine that has died closes nothing; without this its commands would wait for ever, and ours for it.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 6)


def _sign(secret, who, agents_challenge, clients_challenge, script):
    # Who signs is part of what is signed, or the agent's own answer could be played back to it.
    text = json.dumps(["mlengine remote shell 1", who, agents_challenge, clients_challenge, script])
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def _check(expected, proof):
    if not hmac.compare_digest(expected.encode(), proof.encode()):
        raise Refused("the other end does not know the secret of this attempt")


def _write_line(connection, value):
    try:
        connection.sendall(json.dumps(value).encode() + b"\n")
    except OSError as error:
        raise Gone(str(error)) from error


def _read_line(source):
    try:
        line = source.readline(_LONGEST_LINE)
    except OSError as error:
        raise Gone(str(error)) from error
    if not line:
        raise Gone("the connection was closed")
    try:
        value = json.loads(line)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Refused("the other end is no agent of this engine")
    return value
