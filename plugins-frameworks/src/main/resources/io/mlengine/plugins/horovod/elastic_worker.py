"""Announces this worker to the launcher of an elastic Horovod job, then becomes a command. Standard library only, 3.8+.

    python elastic_worker.py LAUNCHER NAME ADDRESS COMMAND...

The connection to LAUNCHER stays open in the command, so it ends when the command does, however that happens. LAUNCHER and
ADDRESS, where the command listens, are host:port.
"""
import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # not there under PYTHONSAFEPATH
import rsh_protocol as protocol


def main():
    launcher, name, address, *command = sys.argv[1:]
    host, _, port = launcher.rpartition(":")
    connection = socket.create_connection((host, int(port)), 30)
    protocol.ask(connection, protocol.secret_of_attempt(), f"{name} {address}")
    connection.set_inheritable(True)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
