"""Training with Horovod while processes come and go: the others meet again and go on from the last commit.

Started by horovodrun, which the ML Engine runs (elastic.yaml).
"""
import argparse
import os
import sys
import time

import horovod.torch as hvd
import torch
import torch.nn.functional as F

import mlengine_client as engine
import task


def main():
    options = parse_options()
    hvd.init()
    # One process a replica, which sees its own devices only.
    device = torch.device("cuda", 0) if torch.cuda.is_available() else torch.device("cpu")
    torch.manual_seed(options.seed)
    model = task.make_model().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=options.lr)
    optimizer = hvd.DistributedOptimizer(optimizer, named_parameters=model.named_parameters())
    state = hvd.elastic.TorchState(model=model, optimizer=optimizer, step=0)
    if os.path.exists(checkpoint_path()):  # an earlier attempt's; within one, state is handed on from process to process
        saved = torch.load(checkpoint_path(), map_location=device)
        model.load_state_dict(saved["model"])
        state.step = saved["step"]
        state.save()  # not commit, which talks to the others, and they may be elsewhere
    train(state, options, device)

    accuracy = task.accuracy_of(model, device, options.seed)
    if hvd.rank() == 0:
        engine.report_progress(options.steps, options.steps, metrics={"test_accuracy": round(accuracy, 4)}, force=True)
        say(f"test accuracy {accuracy:.4f} after {options.steps} steps")
    if accuracy < options.min_accuracy:
        say(f"rank {hvd.rank()} failed: test accuracy {accuracy:.4f} is below --min-accuracy {options.min_accuracy}")
        return 1
    return 0


@hvd.elastic.run
def train(state, options, device):
    """Begins anew after each meeting, with the state of the last commit and perhaps another rank."""
    say(f"rank {hvd.rank()} of {hvd.size()} goes on from step {state.step}")
    examples, labels = task.make_examples(task.TRAIN_SIZE, options.seed)
    while state.step < options.steps:
        mine = task.batch_of(state.step, options.batch_size, hvd.rank(), hvd.size(), options.seed)
        state.optimizer.zero_grad()
        loss = F.cross_entropy(state.model(examples[mine].to(device)), labels[mine].to(device))
        loss.backward()
        state.optimizer.step()
        state.step += 1
        if hvd.rank() == 0:
            engine.report_progress(state.step, options.steps, metrics={"loss": round(loss.item(), 4)})
        if state.step % options.commit_every == 0:
            if hvd.rank() == 0:
                save_checkpoint(state)
            state.commit()  # also looks whether somebody has come
        time.sleep(options.step_delay)


def save_checkpoint(state):
    saved = {"step": state.step, "model": state.model.state_dict()}
    engine.write_atomically(checkpoint_path(), lambda file: torch.save(saved, file))


def checkpoint_path():
    return os.path.join(engine.checkpoint_dir(), "checkpoint.pt")


def say(line):
    print(line, flush=True)


def parse_options():
    parser = argparse.ArgumentParser(description="Learns with Horovod on a number of processes that may change.")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch-size", type=int, default=120, help="of all processes together")
    parser.add_argument("--lr", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--min-accuracy", type=float, default=0.9, help="exit with 1 when the test gives less")
    parser.add_argument("--commit-every", type=int, default=10, metavar="STEPS", help="what a lost process costs at most")
    parser.add_argument("--step-delay", type=float, default=0.0, metavar="SECONDS", help="slows each step, for demos")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
