"""Data-parallel training on several JAX processes that the ML Engine can start, watch, stop and resume.

The engine tells each process of the others. Without it the same file trains alone: python train.py
"""
import argparse
import json
import os
import sys
import time
import traceback

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import NamedSharding, PartitionSpec

import mlengine_client as engine
from spirals import CLASSES, make_spirals

TRAIN_SIZE, TEST_SIZE = 6000, 2000
SIZES = [2, 48, 48, CLASSES]
EXIT_STOPPED = 128 + 15  # what a shell says of a process that TERM ended
MOMENTUM = 0.9


def main():
    options = parse_options()
    started = time.monotonic()
    join_the_others()
    process, processes = jax.process_index(), jax.process_count()
    say(f"process {process} of {processes} is up on {jax.devices()[0].platform}, attempt {engine.ATTEMPT}")
    engine.listen_for_stop()

    mesh = jax.make_mesh((jax.device_count(),), ("batch",))
    split, everywhere = NamedSharding(mesh, PartitionSpec("batch")), NamedSharding(mesh, PartitionSpec())
    state, first_step = load_checkpoint(make_state(options.seed))
    state = jax.device_put(state, everywhere)
    step_everywhere = jax.jit(train_step, out_shardings=everywhere, static_argnames="lr")

    points, labels = make_spirals(TRAIN_SIZE, options.seed)
    steps_per_epoch = TRAIN_SIZE // options.batch_size
    total_steps = options.epochs * steps_per_epoch
    for step in range(first_step, total_steps):
        epoch, place = divmod(step, steps_per_epoch)
        batch = np.random.default_rng([options.seed, epoch]).permutation(TRAIN_SIZE)
        mine = batch[place * options.batch_size:(place + 1) * options.batch_size][process::processes]
        # TERM reaches the processes at different moments; they vote, so that they leave after the same step.
        vote = np.full(jax.local_device_count(), engine.stop_requested(), dtype=np.float32)
        shared = [jax.make_array_from_process_local_data(split, part) for part in (points[mine], labels[mine], vote)]
        state, loss, accuracy, votes = step_everywhere(state, *shared, lr=options.lr)
        done = step + 1
        if process == 0:
            numbers = {"loss": round(float(loss), 4), "accuracy": round(float(accuracy), 4)}
            engine.report_progress(done, total_steps, epoch + 1, numbers, force=done == total_steps)
            if done == first_step + 1 or done % 100 == 0:
                say(f"step {done}/{total_steps} loss {loss:.3f} accuracy {accuracy:.3f}"
                    f" after {time.monotonic() - started:.1f} s")
        stopping = float(votes) > 0
        if process == 0 and (stopping or done % options.checkpoint_every == 0 or done == total_steps):
            save_checkpoint(done, state)
        if stopping:
            say(f"process {process} stopped after step {done}, the checkpoint is safe")
            return EXIT_STOPPED
        if options.step_delay:
            time.sleep(options.step_delay)

    test_points, test_labels = make_spirals(TEST_SIZE, options.seed + 500_000)  # points that training never saw
    weights = jax.tree.map(np.asarray, state["weights"])
    accuracy = float(accuracy_of(guess(weights, test_points), test_labels))
    if process == 0:
        keep_results(weights, {"accuracy": accuracy, "steps": total_steps, "resumed_from_step": first_step,
                               "processes": processes, "seconds": round(time.monotonic() - started, 2)})
        engine.report_progress(total_steps, total_steps, options.epochs, {"test_accuracy": round(accuracy, 4)}, force=True)
    say(f"process {process}: test accuracy {accuracy:.4f} after {total_steps} steps")
    if accuracy < options.min_accuracy:
        say(f"process {process} failed: test accuracy {accuracy:.4f} is below --min-accuracy {options.min_accuracy}")
        return 1
    return 0


def join_the_others():
    """JAX reads JAX_COORDINATOR_ADDRESS by itself, but neither the number of processes nor which of them this is."""
    jax.config.update("jax_cpu_collectives_implementation", "gloo")  # how processes without GPUs reach each other
    if "JAX_NUM_PROCESSES" in os.environ:
        jax.distributed.initialize(num_processes=int(os.environ["JAX_NUM_PROCESSES"]),
                                   process_id=int(os.environ["JAX_PROCESS_ID"]))


def make_state(seed):
    random = np.random.default_rng(seed)  # equal in all processes
    weights = [(random.normal(0, (2 / fan_in) ** 0.5, (fan_in, fan_out)).astype(np.float32),
                np.zeros(fan_out, dtype=np.float32)) for fan_in, fan_out in zip(SIZES, SIZES[1:])]
    return {"weights": weights, "speeds": jax.tree.map(np.zeros_like, weights)}


def train_step(state, points, labels, votes, lr):
    """One step on the whole batch, of which each process holds a part: JAX adds what has to go between them."""
    def loss_and_scores(weights):
        scores = guess(weights, points)
        chosen = jnp.take_along_axis(jax.nn.log_softmax(scores), labels[:, None], axis=1)
        return -chosen.mean(), scores

    (loss, scores), gradients = jax.value_and_grad(loss_and_scores, has_aux=True)(state["weights"])
    speeds = jax.tree.map(lambda speed, gradient: MOMENTUM * speed + gradient, state["speeds"], gradients)
    weights = jax.tree.map(lambda weight, speed: weight - lr * speed, state["weights"], speeds)
    return {"weights": weights, "speeds": speeds}, loss, accuracy_of(scores, labels), votes.sum()


def guess(weights, points):
    """Returns a score for each spiral."""
    for kernel, bias in weights[:-1]:
        points = jax.nn.relu(points @ kernel + bias)
    kernel, bias = weights[-1]
    return points @ kernel + bias


def accuracy_of(scores, labels):
    return (scores.argmax(axis=1) == labels).mean()


def load_checkpoint(state):
    """Every process reads the file that process 0 of an earlier attempt wrote. Returns the state and the steps done."""
    if not os.path.exists(checkpoint_path()):
        return state, 0
    leaves, structure = jax.tree.flatten(state)
    with np.load(checkpoint_path()) as saved:
        state = jax.tree.unflatten(structure, [saved[f"leaf{number}"] for number in range(len(leaves))])
        step = int(saved["step"])
    say(f"resumed from step {step}")
    return state, step


def save_checkpoint(step, state):
    values = {f"leaf{number}": np.asarray(leaf) for number, leaf in enumerate(jax.tree.leaves(state))}
    engine.write_atomically(checkpoint_path(), lambda file: np.savez(file, step=step, **values))


def checkpoint_path():
    return os.path.join(engine.checkpoint_dir(), "checkpoint.npz")


def keep_results(weights, metrics):
    values = {f"leaf{number}": leaf for number, leaf in enumerate(jax.tree.leaves(weights))}
    engine.write_atomically(os.path.join(engine.output_dir(), "model.npz"), lambda file: np.savez(file, **values))
    engine.write_atomically(os.path.join(engine.output_dir(), "metrics.json"),
                            lambda file: file.write(json.dumps(metrics, indent=2).encode()))


def say(line):
    print(line, flush=True)


def parse_options():
    parser = argparse.ArgumentParser(description="Trains a network to tell three spirals apart.")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--batch-size", type=int, default=120, help="of all processes together")
    parser.add_argument("--lr", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--min-accuracy", type=float, default=0.9, help="exit with 1 when the test gives less")
    parser.add_argument("--checkpoint-every", type=int, default=50, metavar="STEPS")
    parser.add_argument("--step-delay", type=float, default=0.0, metavar="SECONDS", help="slows each step, for demos")
    return parser.parse_args()


def run():
    """What Python's own ending would do with an exit code and an exception, without waiting for the other processes."""
    try:
        return main()
    except Exception:
        if engine.stop_requested():
            say("stopped, the others were gone first; the last regular checkpoint holds")
            return EXIT_STOPPED
        traceback.print_exc()
        return 1


if __name__ == "__main__":
    exit_code = run()
    sys.stdout.flush()
    sys.stderr.flush()
    if exit_code == 0:
        sys.exit(0)  # JAX leaves together with the others
    # Not sys.exit: JAX would wait up to five minutes for the others, who wait for this process in a collective.
    os._exit(exit_code)
