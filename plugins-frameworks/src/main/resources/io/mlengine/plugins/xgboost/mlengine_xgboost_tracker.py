"""Where the workers of one XGBoost job meet: the tracker of XGBoost 2.1 and newer, in the standard library of Python 3.8.

A worker connects, is told how many take part, and waits. When all are there, each learns its successor in a ring, and
with it its own rank; the workers then talk to each other. Later connections say goodbye, or carry messages to print.
When every worker has said goodbye the tracker ends with 0.

Numbers are 32 bits wide, in the order of the machine; a text is its length and its bytes. Ranks follow the task ids,
compared as texts.

Reads DMLC_TRACKER_URI, under which the workers reach it, DMLC_TRACKER_PORT and DMLC_NUM_WORKER.
"""
import asyncio
import json
import os
import struct
import sys

MAGIC = 0xFF99
START, SHUTDOWN, ERROR, PRINT = 1, 2, 3, 4
LONGEST_TEXT = 1 << 20
SECONDS_TO_INTRODUCE = 60
EXIT_TOO_OLD = 3  # a code of its own; which class of failure it is, the log rule says by the line that is printed


class Refused(Exception):
    """The other side is no worker, or one that has gone."""


class TooOld(Exception):
    """A worker of XGBoost 2.0 or older: it sends its rank as a number where newer ones send a text."""


class Connection:
    """The words of the protocol on one socket."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.host = writer.get_extra_info("peername")[0]

    async def read_number(self):
        return struct.unpack("=i", await self.reader.readexactly(4))[0]

    async def read_object(self):
        length = await self.read_number()
        if length == -1:
            raise TooOld()
        if not 0 <= length <= LONGEST_TEXT:
            raise Refused(f"announced a text of {length} bytes")
        return json.loads(await self.reader.readexactly(length))

    def write_number(self, number):
        self.writer.write(struct.pack("=i", number))

    def write_object(self, content):
        text = json.dumps(content, separators=(",", ":")).encode()
        self.write_number(len(text))
        self.writer.write(text)

    async def exchange_magic(self):
        self.write_number(MAGIC)
        if await self.read_number() != MAGIC:
            raise Refused("did not send the magic number")

    def close(self):
        self.writer.close()


class Waiting:
    """A worker that has asked to start and knows nothing of its neighbours yet."""

    def __init__(self, connection, task_id, port):
        self.connection = connection
        self.task_id = task_id
        self.port = port


class Tracker:
    def __init__(self, size):
        self.size = size
        self.waiting = {}  # by task id: a worker that connects anew takes its own place
        self.gone = set()
        self.result = asyncio.get_running_loop().create_future()

    async def serve(self, reader, writer):
        connection = Connection(reader, writer)
        try:
            await asyncio.wait_for(self.hear(connection), SECONDS_TO_INTRODUCE)
        except TooOld:
            say(f"XGBoost is too old: the worker at {connection.host} speaks the protocol of version 2.0 or older;"
                " install xgboost 2.1 or newer")
            self.end_with(EXIT_TOO_OLD)  # with the connection open: this failure, which says why, is to be the first
        except (Refused, ValueError, LookupError, TypeError, AttributeError) as reason:
            say(f"refused a connection from {connection.host}: {reason or type(reason).__name__}")
            connection.close()
        except (OSError, EOFError, asyncio.TimeoutError):
            connection.close()  # a look whether the port is open, or a worker that was killed: the engine knows better

    async def hear(self, connection):
        await connection.exchange_magic()
        worker = await connection.read_object()
        task_id = str(worker["task_id"])
        message = await connection.read_object()
        command = message["cmd"]
        if command == START:
            connection.write_object({"world_size": self.size})
            await connection.writer.drain()
            self.add(Waiting(connection, task_id, int(message["port"])))
            return
        connection.close()
        if command == SHUTDOWN:
            self.remove(task_id)
        elif command == PRINT:
            say(str(message["msg"]).rstrip())
        elif command == ERROR:
            say(f"worker {task_id} reports an error: {message.get('msg')}")
        else:
            raise Refused(f"unknown command {command}")

    def add(self, worker):
        before = self.waiting.pop(worker.task_id, None)
        if before is not None:
            before.connection.close()
        self.waiting[worker.task_id] = worker
        if len(self.waiting) == self.size:
            self.connect_ring()

    def connect_ring(self):
        ring = [self.waiting[task_id] for task_id in sorted(self.waiting)]
        self.waiting = {}
        for rank, worker in enumerate(ring):
            successor = (rank + 1) % self.size
            neighbour = ring[successor]
            worker.connection.write_object(
                {"host": neighbour.connection.host, "port": neighbour.port, "rank": successor})
            worker.connection.close()  # what was written is still sent
        say(f"all {self.size} workers have met")

    def remove(self, task_id):
        self.gone.add(task_id)
        if len(self.gone) == self.size:
            say(f"all {self.size} workers have said goodbye")
            self.end_with(0)

    def end_with(self, code):
        if not self.result.done():
            self.result.set_result(code)


def say(line):
    print("tracker: " + line, flush=True)


async def track(host, port, size):
    tracker = Tracker(size)
    # Where all share this machine, nobody outside has any business here; else every address of the machine may be meant.
    server = await asyncio.start_server(tracker.serve, host if host == "127.0.0.1" else None, port)
    say(f"waits for {size} workers on port {port}")
    try:
        return await tracker.result
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(track(
        os.environ["DMLC_TRACKER_URI"], int(os.environ["DMLC_TRACKER_PORT"]), int(os.environ["DMLC_NUM_WORKER"]))))
