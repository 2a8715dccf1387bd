"""Synchronous training on several TensorFlow processes that the ML Engine can start, watch, stop and resume.

The strategy reads TF_CONFIG, which the engine sets. Without it the same file trains alone: python train.py
"""
import argparse
import json
import os
import sys
import time

import numpy as np
import tensorflow as tf

import mlengine_client as engine
from network import accuracy_of, guess, loss_of, make_weights
from spirals import make_spirals

TRAIN_SIZE, TEST_SIZE = 6000, 2000
EXIT_STOPPED = 128 + 15  # what a shell says of a process that TERM ended
MOMENTUM = 0.9


def main():
    options = parse_options()
    started = time.monotonic()
    strategy = tf.distribute.MultiWorkerMirroredStrategy()  # meets the others; must come before any other operation
    worker = strategy.cluster_resolver.task_id or 0
    workers = len(strategy.cluster_resolver.cluster_spec().as_dict().get("worker", [None]))
    say(f"worker {worker} of {workers} is up, attempt {engine.ATTEMPT}")
    engine.listen_for_stop()

    with strategy.scope():
        weights = make_weights(options.seed)
        speeds = [tf.Variable(tf.zeros_like(weight)) for weight in weights]
    first_step = load_checkpoint(weights + speeds)
    train_step = make_train_step(strategy, weights, speeds, options.lr)

    points, labels = make_spirals(TRAIN_SIZE, options.seed)
    steps_per_epoch = TRAIN_SIZE // options.batch_size
    total_steps = options.epochs * steps_per_epoch
    for step in range(first_step, total_steps):
        epoch, place = divmod(step, steps_per_epoch)
        batch = np.random.default_rng([options.seed, epoch]).permutation(TRAIN_SIZE)
        mine = batch[place * options.batch_size:(place + 1) * options.batch_size][worker::workers]
        # TERM reaches the processes at different moments; they vote, so that they leave after the same step.
        loss, accuracy, votes = train_step(tf.constant(points[mine]), tf.constant(labels[mine]),
                                           tf.constant(float(engine.stop_requested())))
        done = step + 1
        if worker == 0:
            numbers = {"loss": round(float(loss), 4), "accuracy": round(float(accuracy), 4)}
            engine.report_progress(done, total_steps, epoch + 1, numbers, force=done == total_steps)
            if done == first_step + 1 or done % 100 == 0:
                say(f"step {done}/{total_steps} loss {loss:.3f} accuracy {accuracy:.3f}"
                    f" after {time.monotonic() - started:.1f} s")
        stopping = float(votes) > 0
        if worker == 0 and (stopping or done % options.checkpoint_every == 0 or done == total_steps):
            save_checkpoint(done, weights + speeds)
        if stopping:
            say(f"worker {worker} stopped after step {done}, the checkpoint is safe")
            return EXIT_STOPPED
        if options.step_delay:
            time.sleep(options.step_delay)

    test_points, test_labels = make_spirals(TEST_SIZE, options.seed + 500_000)  # points that training never saw
    accuracy = float(accuracy_of(guess([local(weight) for weight in weights], test_points), tf.constant(test_labels)))
    if worker == 0:
        keep_results(weights, {"accuracy": accuracy, "steps": total_steps, "resumed_from_step": first_step,
                               "workers": workers, "seconds": round(time.monotonic() - started, 2)})
        engine.report_progress(total_steps, total_steps, options.epochs, {"test_accuracy": round(accuracy, 4)}, force=True)
    say(f"worker {worker}: test accuracy {accuracy:.4f} after {total_steps} steps")
    if accuracy < options.min_accuracy:
        say(f"worker {worker} failed: test accuracy {accuracy:.4f} is below --min-accuracy {options.min_accuracy}")
        return 1
    return 0


def make_train_step(strategy, weights, speeds, lr):
    def on_each_worker(points, labels, vote):
        with tf.GradientTape() as tape:
            scores = guess(weights, points)
            loss = loss_of(scores, labels)
        peers = tf.distribute.get_replica_context()
        gradients = peers.all_reduce(tf.distribute.ReduceOp.MEAN, tape.gradient(loss, weights))
        for weight, speed, gradient in zip(weights, speeds, gradients):
            speed.assign(MOMENTUM * speed + gradient)
            weight.assign_sub(lr * speed)
        # tf.identity: what is reduced needs a device, and an argument of a function has none.
        return peers.all_reduce(tf.distribute.ReduceOp.MEAN, [loss, accuracy_of(scores, labels), tf.identity(vote)])

    @tf.function
    def train_step(points, labels, vote):
        shared = strategy.run(on_each_worker, args=(points, labels, vote))
        return [strategy.experimental_local_results(value)[0] for value in shared]

    return train_step


def local(weight):
    """This process's copy of a variable."""
    return tf.convert_to_tensor(weight)


def load_checkpoint(variables):
    """Every worker reads the file that worker 0 of an earlier attempt wrote. Returns the number of steps already done."""
    if not os.path.exists(checkpoint_path()):
        return 0
    with np.load(checkpoint_path()) as saved:
        for number, variable in enumerate(variables):
            variable.assign(saved[f"variable{number}"])
        step = int(saved["step"])
    say(f"resumed from step {step}")
    return step


def save_checkpoint(step, variables):
    values = {f"variable{number}": variable.numpy() for number, variable in enumerate(variables)}
    engine.write_atomically(checkpoint_path(), lambda file: np.savez(file, step=step, **values))


def checkpoint_path():
    return os.path.join(engine.checkpoint_dir(), "checkpoint.npz")


def keep_results(weights, metrics):
    values = {weight.name.split(":")[0]: weight.numpy() for weight in weights}
    engine.write_atomically(os.path.join(engine.output_dir(), "model.npz"), lambda file: np.savez(file, **values))
    engine.write_atomically(os.path.join(engine.output_dir(), "metrics.json"),
                            lambda file: file.write(json.dumps(metrics, indent=2).encode()))


def say(line):
    print(line, flush=True)


def parse_options():
    parser = argparse.ArgumentParser(description="Trains a network to tell three spirals apart.")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--batch-size", type=int, default=120, help="of all workers together")
    parser.add_argument("--lr", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--min-accuracy", type=float, default=0.9, help="exit with 1 when the test gives less")
    parser.add_argument("--checkpoint-every", type=int, default=50, metavar="STEPS")
    parser.add_argument("--step-delay", type=float, default=0.0, metavar="SECONDS", help="slows each step, for demos")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except tf.errors.OpError as failure:  # a collective says so when another process is gone
        if engine.stop_requested():
            say("stopped, the others were gone first; the last regular checkpoint holds")
            sys.exit(EXIT_STOPPED)
        raise failure
