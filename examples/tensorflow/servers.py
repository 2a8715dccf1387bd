"""Asynchronous training with a parameter server that the ML Engine can start, watch, stop and resume.

The same file is every process of the cluster: TF_CONFIG, which the engine sets, says which one. Workers and parameter
servers serve until they are stopped; the chief runs the training.
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


def serve(resolver):
    """Lets the chief use this process. Never returns: the engine stops it when the chief has ended."""
    server = tf.distribute.Server(resolver.cluster_spec(), job_name=resolver.task_type, task_index=resolver.task_id)
    say(f"{resolver.task_type} {resolver.task_id} serves, attempt {engine.ATTEMPT}")
    server.join()


def coordinate(resolver, options):
    started = time.monotonic()
    workers = len(resolver.cluster_spec().job_tasks("worker"))
    say(f"chief of {workers} workers is up, attempt {engine.ATTEMPT}")
    strategy = tf.distribute.ParameterServerStrategy(resolver)  # waits for all of the cluster
    coordinator = tf.distribute.coordinator.ClusterCoordinator(strategy)
    engine.listen_for_stop()

    with strategy.scope():
        weights = make_weights(options.seed)
    first_step = load_checkpoint(weights)
    worker_step = make_worker_step(strategy, weights, options.lr)
    batches = iter(coordinator.create_per_worker_dataset(lambda: batches_of_one_worker(options)))

    for done in range(first_step + options.round, options.steps + 1, options.round):
        results = [coordinator.schedule(worker_step, args=(batches,)) for _ in range(options.round)]
        coordinator.join()  # a step of a worker that is lost meanwhile is given to another one
        loss, accuracy = np.mean([result.fetch() for result in results], axis=0)
        numbers = {"loss": round(float(loss), 4), "accuracy": round(float(accuracy), 4)}
        engine.report_progress(done, options.steps, metrics=numbers, force=done == options.steps)
        if done == first_step + options.round or done % 200 == 0:
            say(f"step {done}/{options.steps} loss {loss:.3f} accuracy {accuracy:.3f}"
                f" after {time.monotonic() - started:.1f} s")
        stopping = engine.stop_requested()
        if stopping or done % options.checkpoint_every == 0 or done == options.steps:
            save_checkpoint(done, weights)
        if stopping:
            say(f"stopped after step {done}, the checkpoint is safe")
            return EXIT_STOPPED
        if options.round_delay:
            time.sleep(options.round_delay)

    learned = [tf.constant(weight.numpy()) for weight in weights]
    test_points, test_labels = make_spirals(TEST_SIZE, options.seed + 500_000)  # points that training never saw
    accuracy = float(accuracy_of(guess(learned, test_points), tf.constant(test_labels)))
    keep_results(weights, {"accuracy": accuracy, "steps": options.steps, "resumed_from_step": first_step,
                           "workers": workers, "seconds": round(time.monotonic() - started, 2)})
    engine.report_progress(options.steps, options.steps, metrics={"test_accuracy": round(accuracy, 4)}, force=True)
    say(f"test accuracy {accuracy:.4f} after {options.steps} steps")
    if accuracy < options.min_accuracy:
        say(f"failed: test accuracy {accuracy:.4f} is below --min-accuracy {options.min_accuracy}")
        return 1
    return 0


def make_worker_step(strategy, weights, lr):
    def on_one_worker(points, labels):
        with tf.GradientTape() as tape:
            scores = guess(weights, points)
            loss = loss_of(scores, labels)
        for weight, gradient in zip(weights, tape.gradient(loss, weights)):
            weight.assign_sub(lr * gradient)  # on the parameter server, whatever the other workers did meanwhile
        return tf.stack([loss, accuracy_of(scores, labels)])

    @tf.function
    def worker_step(batches):
        points, labels = next(batches)
        return strategy.run(on_one_worker, args=(points, labels))

    return worker_step


def batches_of_one_worker(options):
    """Each worker shuffles all points in its own way, without end."""
    data = tf.data.Dataset.from_tensor_slices(make_spirals(TRAIN_SIZE, options.seed))
    return data.shuffle(TRAIN_SIZE).repeat().batch(options.batch_size)


def load_checkpoint(weights):
    """Returns the number of steps already done."""
    if not os.path.exists(checkpoint_path()):
        return 0
    with np.load(checkpoint_path()) as saved:
        for number, weight in enumerate(weights):
            weight.assign(saved[f"weight{number}"])
        step = int(saved["step"])
    say(f"resumed from step {step}")
    return step


def save_checkpoint(step, weights):
    values = {f"weight{number}": weight.numpy() for number, weight in enumerate(weights)}
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
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--round", type=int, default=20, metavar="STEPS", help="handed out before all are waited for")
    parser.add_argument("--batch-size", type=int, default=60)
    parser.add_argument("--lr", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--min-accuracy", type=float, default=0.9, help="exit with 1 when the test gives less")
    parser.add_argument("--checkpoint-every", type=int, default=100, metavar="STEPS")
    parser.add_argument("--round-delay", type=float, default=0.0, metavar="SECONDS", help="slows training, for demos")
    return parser.parse_args()


def main():
    cluster = tf.distribute.cluster_resolver.TFConfigClusterResolver()
    if cluster.task_type in ("worker", "ps"):
        return serve(cluster)
    return coordinate(cluster, parse_options())


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit: the coordinator's threads may still wait for workers that the engine is stopping.
    os._exit(exit_code)
