"""Data-parallel training with MPI: each rank has its part of each batch, and all add up their gradients.

    mpirun -n 4 python train.py      or under the ML Engine: mlengine run train.yaml

Three spirals of points are told apart by a small network, in numpy alone.
"""
import argparse
import json
import os
import socket
import sys
import time

import numpy as np
from mpi4py import MPI

import mlengine_client as engine

WORLD = MPI.COMM_WORLD
RANK, SIZE = WORLD.Get_rank(), WORLD.Get_size()
CLASSES, HIDDEN = 3, 64
TRAIN_SIZE, TEST_SIZE = 2400, 600
EXIT_STOPPED = 128 + 15  # what a shell says of a process that TERM ended


def main():
    options = parse_options()
    say_where_everybody_is()
    points, classes = spirals(TRAIN_SIZE, np.random.default_rng(options.seed))
    optimizer = Adam(new_network(np.random.default_rng(options.seed + 1)), options.rate)
    first_step = load_checkpoint(optimizer)
    engine.listen_for_stop()

    for step in range(first_step, options.steps):
        batch = np.random.default_rng([options.seed, step]).permutation(TRAIN_SIZE)[:options.batch_size]
        mine = batch[RANK::SIZE]
        loss, gradients = loss_and_gradients(optimizer.weights, points[mine], classes[mine])
        optimizer.take(mean_over_ranks(gradients, len(mine)))
        done = step + 1
        if options.step_delay:
            time.sleep(options.step_delay)
        if RANK == 0:
            engine.report_progress(done, options.steps, metrics={"loss": loss})
        # All leave after the same step, or those that stay would wait for ever in the next Allreduce.
        stops = WORLD.allreduce(engine.stop_requested(), op=MPI.LOR)
        if RANK == 0 and (done % options.checkpoint_every == 0 or stops):
            save_checkpoint(optimizer, done)
        if stops:
            sys.exit(EXIT_STOPPED)

    if RANK == 0:
        finish(optimizer.weights, options)


def say_where_everybody_is():
    role, index = os.environ.get("MLENGINE_ROLE", "a shell"), os.environ.get("MLENGINE_REPLICA_INDEX", "")
    # Through rank 0: lines that several ranks write at the same time may end up inside each other.
    for line in WORLD.gather(f"rank {RANK} of {SIZE} is up in {role} {index} on {socket.gethostname()}") or []:
        print(line, flush=True)


def finish(weights, options):
    points, classes = spirals(TEST_SIZE, np.random.default_rng(options.seed + 2))
    accuracy = float(np.mean(predict(weights, points)[-1].argmax(axis=1) == classes))
    folder = os.path.join(engine.output_dir(), "model")
    os.makedirs(folder, exist_ok=True)
    engine.write_atomically(os.path.join(folder, "model.npz"), lambda file: np.savez(file, *weights))
    metrics = json.dumps({"accuracy": accuracy, "ranks": SIZE})
    engine.write_atomically(os.path.join(folder, "metrics.json"), lambda file: file.write(metrics.encode()))
    engine.report_progress(options.steps, options.steps, metrics={"test_accuracy": accuracy}, force=True)
    print(f"accuracy {accuracy:.3f} with {SIZE} ranks", flush=True)
    if accuracy < options.least_accuracy:
        sys.exit(f"it has not learned: accuracy {accuracy:.3f} is below {options.least_accuracy}")


def spirals(count, random):
    """Points on three arms that wind around each other, and which arm each is on."""
    classes = random.integers(CLASSES, size=count)
    radius = random.uniform(0.1, 1, count)
    angle = 4 * radius + classes * 2 * np.pi / CLASSES + random.normal(0, 0.15, count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), classes


def new_network(random):
    sizes = [2, HIDDEN, HIDDEN, CLASSES]
    weights = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        weights += [random.normal(0, np.sqrt(2 / inputs), (inputs, outputs)), np.zeros(outputs)]
    return weights


def predict(weights, points):
    """The values of all layers; the last holds a probability for each class."""
    layers = [points]
    for number in range(0, len(weights), 2):
        values = layers[-1] @ weights[number] + weights[number + 1]
        layers.append(np.maximum(values, 0))
    values -= values.max(axis=1, keepdims=True)
    layers[-1] = np.exp(values) / np.exp(values).sum(axis=1, keepdims=True)
    return layers


def loss_and_gradients(weights, points, classes):
    """The mean loss, and the gradients summed over the points, so that ranks with more points count for more."""
    layers = predict(weights, points)
    rows = np.arange(len(classes))
    loss = float(-np.log(layers[-1][rows, classes] + 1e-12).mean())
    error = layers[-1].copy()
    error[rows, classes] -= 1
    gradients = []
    for number in range(len(weights) - 2, -1, -2):
        below = layers[number // 2]
        gradients = [below.T @ error, error.sum(axis=0)] + gradients
        error = (error @ weights[number].T) * (below > 0)
    return loss, gradients


def mean_over_ranks(gradients, count):
    flat = np.concatenate([gradient.ravel() for gradient in gradients] + [[float(count)]])
    total = np.empty_like(flat)
    WORLD.Allreduce(flat, total)
    ends = np.cumsum([gradient.size for gradient in gradients])
    parts = np.split(total[:-1] / total[-1], ends[:-1])
    return [part.reshape(gradient.shape) for part, gradient in zip(parts, gradients)]


class Adam:
    """Steps that adapt to each weight; the same on every rank, since all see the same mean gradient."""

    def __init__(self, weights, rate):
        self.weights = weights
        self.rate = rate
        self.time = 0
        self.means = [np.zeros_like(weight) for weight in weights]
        self.squares = [np.zeros_like(weight) for weight in weights]

    def take(self, gradients):
        self.time += 1
        scale = self.rate * np.sqrt(1 - 0.999 ** self.time) / (1 - 0.9 ** self.time)
        for weight, gradient, mean, square in zip(self.weights, gradients, self.means, self.squares):
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient ** 2 - square)
            weight -= scale * mean / (np.sqrt(square) + 1e-8)


def save_checkpoint(optimizer, step):
    arrays = optimizer.weights + optimizer.means + optimizer.squares
    path = os.path.join(engine.checkpoint_dir(), "checkpoint.npz")
    engine.write_atomically(path, lambda file: np.savez(file, np.array(step), *arrays))


def load_checkpoint(optimizer):
    """The step to go on from. Rank 0 reads for all, so that nobody goes on from another step."""
    state = None
    path = os.path.join(engine.checkpoint_dir(), "checkpoint.npz")
    if RANK == 0 and os.path.exists(path):
        with np.load(path) as saved:
            state = [saved[name] for name in saved.files]
        print(f"rank 0 resumed from step {int(state[0])}", flush=True)
    state = WORLD.bcast(state)
    if state is None:
        return 0
    count = len(optimizer.weights)
    optimizer.time = int(state[0])
    optimizer.weights = state[1:1 + count]
    optimizer.means = state[1 + count:1 + 2 * count]
    optimizer.squares = state[1 + 2 * count:]
    return optimizer.time


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--checkpoint-every", type=int, default=100)
    parser.add_argument("--least-accuracy", type=float, default=0.9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--step-delay", type=float, default=0.0, metavar="SECONDS", help="slows each step, for demos")
    return parser.parse_args()


if __name__ == "__main__":
    main()
