"""Gradient-boosted trees that several processes grow together; the ML Engine can start, watch, stop and restart them.

The same file runs
  - as one process per worker, started by the engine (train.yaml);
  - alone: python train.py
"""
import argparse
import json
import os
import sys
import time

import numpy as np
import xgboost
from xgboost import collective

import mlengine_client as engine

try:
    import mlengine_xgboost  # brought by the engine
except ImportError:
    mlengine_xgboost = None

TRAIN_SIZE, TEST_SIZE, SIDES = 20_000, 4_000, 10
EXIT_STOPPED = 128 + 15  # what a shell says of a process that TERM ended


def main():
    options = parse_options()
    if mlengine_xgboost is None:
        return train(options)
    with mlengine_xgboost.communicator():
        return train(options)


def train(options):
    started = time.monotonic()
    rank, workers = collective.get_rank(), collective.get_world_size()
    device = "cuda" if sees_gpu() else "cpu"
    say(f"rank {rank} of {workers} is up on {device}, attempt {engine.ATTEMPT}")
    engine.listen_for_stop()

    features, labels = make_rows(TRAIN_SIZE, seed=options.seed)
    mine = xgboost.DMatrix(features[rank::workers], label=labels[rank::workers])
    test = xgboost.DMatrix(*make_rows(TEST_SIZE, seed=options.seed + 500_000))  # rows that training never saw

    model, first_round = load_checkpoint()
    every_round = EveryRound(options, first_round, rank)
    model = xgboost.train(
        {"objective": "binary:logistic", "eval_metric": "logloss", "max_depth": 4, "eta": 0.3,
         "tree_method": "hist", "device": device, "seed": options.seed},
        mine, num_boost_round=options.rounds - first_round, evals=[(mine, "train")], verbose_eval=False,
        xgb_model=model, callbacks=[every_round])
    if every_round.stopped:
        say(f"rank {rank} stopped after round {model.num_boosted_rounds()}, the checkpoint is safe")
        return EXIT_STOPPED

    accuracy = float(np.mean((model.predict(test) > 0.5) == test.get_label()))
    if rank == 0:
        keep_results(model, {"accuracy": accuracy, "rounds": options.rounds, "resumed_from_round": first_round,
                             "workers": workers, "device": device, "seconds": round(time.monotonic() - started, 2)})
        engine.report_progress(options.rounds, options.rounds, metrics={"test_accuracy": round(accuracy, 4)}, force=True)
        say(f"test accuracy {accuracy:.4f} after {options.rounds} rounds")
    if accuracy < options.min_accuracy:
        say(f"rank {rank} failed: test accuracy {accuracy:.4f} is below --min-accuracy {options.min_accuracy}")
        return 1
    return 0


class EveryRound(xgboost.callback.TrainingCallback):
    """Reports, saves and stops between two rounds. A model is the same in all workers, so rank 0's copy is enough."""

    def __init__(self, options, first_round, rank):
        self.options = options
        self.first_round = first_round
        self.rank = rank
        self.stopped = False

    def after_iteration(self, model, epoch, evals_log):
        done = self.first_round + epoch + 1
        if self.rank == 0:
            loss = evals_log["train"]["logloss"][-1]
            engine.report_progress(done, self.options.rounds, metrics={"logloss": round(loss, 4)},
                                   force=done == self.options.rounds)
            say(f"round {done}/{self.options.rounds} logloss {loss:.4f}")
        self.stopped = everybody_hears_of_a_stop()
        if self.rank == 0 and (self.stopped or done % self.options.checkpoint_every == 0):
            save_checkpoint(model)
        if self.options.round_delay:
            time.sleep(self.options.round_delay)
        return self.stopped


def make_rows(count, seed):
    """Points in a cube with many sides; those inside a ball, seen along three of its axes, are the ones to find."""
    random = np.random.default_rng(seed)
    rows = random.random((count, SIDES), dtype=np.float32)
    return rows, ((rows[:, :3] - 0.5) ** 2).sum(axis=1) < 0.23


def sees_gpu():
    """The engine shows each worker its own GPU only; the package must be one that was built for GPUs, too."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    return visible not in ("", "-1") and xgboost.build_info().get("USE_CUDA", False)


def everybody_hears_of_a_stop():
    """TERM reaches the processes at different moments; they must leave after the same round, or the others would hang."""
    mine = np.array([int(engine.stop_requested())])
    return bool(collective.allreduce(mine, collective.Op.MAX)[0])


def load_checkpoint():
    """Every worker reads the file that rank 0 of an earlier attempt wrote. Returns the model and its rounds."""
    if not os.path.exists(checkpoint_path()):
        return None, 0
    model = xgboost.Booster(model_file=checkpoint_path())
    say(f"rank {collective.get_rank()} resumed from round {model.num_boosted_rounds()}")
    return model, model.num_boosted_rounds()


def save_checkpoint(model):
    engine.write_atomically(checkpoint_path(), lambda file: file.write(model.save_raw("json")))


def checkpoint_path():
    return os.path.join(engine.checkpoint_dir(), "checkpoint.json")


def keep_results(model, metrics):
    folder = engine.output_dir()
    engine.write_atomically(os.path.join(folder, "model.json"), lambda file: file.write(model.save_raw("json")))
    engine.write_atomically(os.path.join(folder, "metrics.json"),
                            lambda file: file.write(json.dumps(metrics, indent=2).encode()))


def say(line):
    print(line, flush=True)


def parse_options():
    parser = argparse.ArgumentParser(description="Grows boosted trees, in one process or many.")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--min-accuracy", type=float, default=0.95, help="exit with 1 when the test gives less")
    parser.add_argument("--checkpoint-every", type=int, default=5, metavar="ROUNDS")
    parser.add_argument("--round-delay", type=float, default=0.0, metavar="SECONDS", help="slows each round, for demos")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
