"""Runs horovodrun for an elastic job and tells it at any time which workers there are. Standard library only, Python 3.8+.

    python elastic_launcher.py ADDRESS PORT LEAST MOST COMMAND...

Each worker holds a connection to ADDRESS:PORT for as long as it lives (elastic_worker.py), so the open connections are the
members: a worker that is lost, stopped or added changes them at once, whatever backend runs it. horovodrun asks a script
for the members every second, and starts their processes through a program that it takes for ssh.

Horovod never again uses a host whose process has failed. So each connection counts as another host: its name is an address
of the loopback network, which nobody resolves and which horovodrun does not take for its own machine.
"""
import ipaddress
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)  # not there under PYTHONSAFEPATH
import rsh_protocol as protocol

FIRST_HOST = ipaddress.IPv4Address("127.0.0.2")
SECONDS_FOR_LATECOMERS = 2
# Horovod hands its own environment to the processes that it starts, in the text of the command. Theirs is that of their
# replica, so only its settings and what finding programs depends on may stay. What is named like its own secret it keeps.
PASSED = re.compile(r"HOME|LANG|LC_.*|LD_LIBRARY_PATH|PATH|PYTHONPATH|PYTHONUNBUFFERED|TMPDIR|USER|HOROVOD_.*")
# horovodrun puts the rank before each line; a line that tells progress must begin with its mark.
RANK_BEFORE_PROGRESS = re.compile(r"^\[\d+\]<stdout>:(?=::mlengine-progress )")
HIDDEN_SECRET = "_HOROVOD_SECRET_KEY_OF_ATTEMPT"


class Members:
    """The workers that are there, and the files in which horovodrun and its ssh find them."""

    def __init__(self, folder):
        self._hosts_file = os.path.join(folder, "rsh_hosts")
        self._members_file = os.path.join(folder, "members")
        self._addresses = {}  # by host, in the order in which they came: Horovod gives the lowest ranks to the oldest
        self._count = 0
        self._changed = threading.Condition()
        self._write()

    def add(self, name, address):
        with self._changed:
            host = str(FIRST_HOST + self._count)
            self._count += 1
            self._addresses[host] = address
            self._write()
            self._changed.notify_all()
        say(f"{name} has come, host {host}")
        return host

    def remove(self, name, host):
        with self._changed:
            self._addresses.pop(host)
            self._write()
        say(f"{name} has gone, host {host}")

    def wait_for(self, least, most):
        """Until there are enough, and a moment longer for those who come late: each would cost a new meeting."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._addresses) >= least)
            deadline = time.monotonic() + SECONDS_FOR_LATECOMERS
            while len(self._addresses) < most and self._changed.wait(deadline - time.monotonic()):
                deadline = time.monotonic() + SECONDS_FOR_LATECOMERS

    def _write(self):
        replace(self._hosts_file, "".join(f"{host} {address}\n" for host, address in self._addresses.items()))
        replace(self._members_file, "".join(f"{host}:1\n" for host in self._addresses))


def replace(path, text):
    """Readers find the old text or the new one, never half."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".new", path)


def accept_members(listener, secret, members):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=follow, args=(connection, secret, members), daemon=True).start()


def follow(connection, secret, members):
    """One worker, from its coming to its going."""
    with connection:
        try:
            channel, words = protocol.accept(connection, secret)
        except (protocol.Refused, protocol.Gone):
            return  # a stranger, or somebody who only asked whether we listen
        name, address = words.split()
        host = members.add(name, address)
        try:
            channel.receive()  # it says nothing more
        except protocol.Gone:
            members.remove(name, host)


def prepare(folder):
    """Makes the folder of programs for horovodrun; the plan's own may be read-only."""
    for name in ("rsh-agent", "rsh_protocol.py"):
        shutil.copy(os.path.join(HERE, name), folder)
    # -n: nothing is typed. A worker announces itself before its agent listens, hence the attempts.
    script(os.path.join(folder, "ssh"), f'export {protocol.SECRET}="${HIDDEN_SECRET}"\n'
           f'exec "{sys.executable}" "{folder}/rsh-agent" -n -o ConnectionAttempts=20 "$@"\n')
    script(os.path.join(folder, "discover"), f'exec cat "{folder}/members"\n')


def script(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + text)
    os.chmod(path, 0o700)


def run(folder, least, most, command):
    environment = {name: value for name, value in os.environ.items() if PASSED.fullmatch(name)}
    environment["PATH"] = folder + os.pathsep + environment.get("PATH", os.defpath)
    environment[HIDDEN_SECRET] = protocol.secret_of_attempt().decode()
    words = ["horovodrun", "--gloo", "-np", str(least), "--min-np", str(least), "--max-np", str(most),
             "--host-discovery-script", os.path.join(folder, "discover")] + command
    horovodrun = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, encoding="utf-8", errors="replace")
    signal.signal(signal.SIGTERM, lambda *_: horovodrun.terminate())
    for line in horovodrun.stdout:
        print(RANK_BEFORE_PROGRESS.sub("", line), end="", flush=True)
    code = horovodrun.wait()
    return code if code >= 0 else 128 - code


def say(text):
    print("launcher: " + text, flush=True)


def main():
    address, port, least, most, *command = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="horovod-") as folder:
        prepare(folder)
        members = Members(folder)
        listener = socket.create_server((address, int(port)), backlog=1024)
        say("listens")
        threading.Thread(
            target=accept_members, args=(listener, protocol.secret_of_attempt(), members), daemon=True).start()
        members.wait_for(int(least), int(most))
        return run(folder, int(least), int(most), command)


if __name__ == "__main__":
    sys.exit(main())
