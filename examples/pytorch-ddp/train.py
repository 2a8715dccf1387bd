"""Distributed data-parallel training that the ML Engine can start, watch, stop, restart and resize.

The same file runs
  - as one process per rank, started by the engine (train.yaml): RANK, WORLD_SIZE, MASTER_ADDR, ... are set;
  - under torchrun, which sets these itself (elastic.yaml): the number of workers may change while it trains;
  - alone: python train.py
"""
import argparse
import json
import os
import sys
import time

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel

import mlengine_client as engine
from digits import make_digits, make_model

TRAIN_SIZE, TEST_SIZE = 6000, 2000
EXIT_STOPPED = 128 + 15  # what a shell says of a process that TERM ended

RANK = int(os.environ.get("RANK", "0"))
LOCAL_RANK = int(os.environ.get("LOCAL_RANK", "0"))
WORLD_SIZE = int(os.environ.get("WORLD_SIZE", "1"))
TORCHRUN_AGENT = os.getppid() if "TORCHELASTIC_RUN_ID" in os.environ else None


def main():
    options = parse_options()
    started = time.monotonic()
    torch.manual_seed(options.seed)  # every rank starts from the same weights

    device, gradient_group = join_the_others()
    say(f"rank {RANK} of {WORLD_SIZE} is up on {device}, attempt {engine.ATTEMPT}")
    engine.listen_for_stop()

    model = make_model().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=options.lr)
    first_step = load_checkpoint(model, optimizer)
    parallel_model = model
    if WORLD_SIZE > 1:
        parallel_model = DistributedDataParallel(model, process_group=gradient_group,
                                                 device_ids=[device] if device.type == "cuda" else None)

    steps_per_epoch = TRAIN_SIZE // options.batch_size
    total_steps = options.epochs * steps_per_epoch
    images, labels = make_digits(TRAIN_SIZE, seed=options.seed)
    say(f"rank {RANK} trains steps {first_step} to {total_steps}")

    for step in range(first_step, total_steps):
        epoch = step // steps_per_epoch
        mine = my_part_of_the_batch(step, steps_per_epoch, options)
        loss, accuracy = train_step(parallel_model, optimizer, images[mine].to(device), labels[mine].to(device))
        done = step + 1

        if RANK == 0:
            numbers = {"loss": round(loss.item(), 4), "accuracy": round(accuracy.item(), 4)}
            engine.report_progress(done, total_steps, epoch + 1, numbers, force=done == total_steps)
            if done % 20 == 0 or done == total_steps:
                say(f"epoch {epoch + 1} step {done}/{total_steps} loss {loss.item():.3f} accuracy {accuracy.item():.3f}")
        stopping = everybody_hears_of_a_stop()
        if RANK == 0 and (stopping or done % options.checkpoint_every == 0 or done == total_steps):
            save_checkpoint(done, model, optimizer)
        if stopping:
            say(f"rank {RANK} stopped after step {done}, the checkpoint is safe")
            let_torchrun_ask_first()
            return EXIT_STOPPED

        misbehave_if_asked(done, first_step, options)
        leave_if_orphaned()
        if options.step_delay:
            time.sleep(options.step_delay)

    accuracy = test_accuracy(model, device, options.seed)
    if RANK == 0:
        keep_results(model, {"accuracy": accuracy, "steps": total_steps, "seconds": round(time.monotonic() - started, 2),
                             "resumed_from_step": first_step, "world_size": WORLD_SIZE, "device": str(device)})
        engine.report_progress(total_steps, total_steps, options.epochs, {"test_accuracy": round(accuracy, 4)}, force=True)
        say(f"test accuracy {accuracy:.4f} after {total_steps} steps")
    if accuracy < options.min_accuracy:
        say(f"rank {RANK} failed: test accuracy {accuracy:.4f} is below --min-accuracy {options.min_accuracy}")
        return 1
    return 0


def join_the_others():
    """Returns this process's device and the group that averages gradients.

    Small talk between the processes (stop flags, checkpoints) goes over gloo, which works everywhere; gradients go over
    nccl when every process has a GPU. LOCAL_RANK says which of the visible GPUs belongs to this process.
    """
    has_gpu = torch.cuda.is_available() and LOCAL_RANK < torch.cuda.device_count()
    device = torch.device("cuda", LOCAL_RANK) if has_gpu else torch.device("cpu")
    if WORLD_SIZE == 1:
        return device, None
    dist.init_process_group("gloo")  # reads RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT
    if not agree(has_gpu, dist.ReduceOp.MIN):
        return torch.device("cpu"), None
    torch.cuda.set_device(device)
    return device, dist.new_group(backend="nccl")


def my_part_of_the_batch(step, steps_per_epoch, options):
    """The same step has the same batch whatever the number of workers, so a job may be resized and resumed anywhere."""
    epoch, place = divmod(step, steps_per_epoch)
    shuffled = torch.randperm(TRAIN_SIZE, generator=torch.Generator().manual_seed(options.seed * 1000 + epoch))
    batch = shuffled[place * options.batch_size:(place + 1) * options.batch_size]
    return batch[RANK::WORLD_SIZE]


def train_step(model, optimizer, images, labels):
    guesses = model(images)
    loss = F.cross_entropy(guesses, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach(), (guesses.argmax(dim=1) == labels).float().mean()


def test_accuracy(model, device, seed):
    images, labels = make_digits(TEST_SIZE, seed=seed + 500_000)  # digits that training never saw
    model.eval()
    with torch.no_grad():
        guesses = model(images[RANK::WORLD_SIZE].to(device)).argmax(dim=1).cpu()
    right = (guesses == labels[RANK::WORLD_SIZE]).sum()
    if WORLD_SIZE > 1:
        dist.all_reduce(right)
    return right.item() / TEST_SIZE


def load_checkpoint(model, optimizer):
    """Every rank reads the file that rank 0 of an earlier attempt wrote. Returns the number of steps already done."""
    step = 0
    if os.path.exists(checkpoint_path()):
        saved = torch.load(checkpoint_path(), map_location="cpu")
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        step = saved["step"]
        say(f"rank {RANK} resumed from step {step}")
    if WORLD_SIZE > 1:
        bounds = torch.tensor([step, -step])
        dist.all_reduce(bounds, op=dist.ReduceOp.MIN)
        if bounds[0] != -bounds[1]:
            raise RuntimeError("the ranks found different checkpoints: MLENGINE_CHECKPOINT_DIR must be one shared folder")
    return step


def save_checkpoint(step, model, optimizer):
    state = {"step": step, "model": model.state_dict(), "optimizer": optimizer.state_dict()}
    engine.write_atomically(checkpoint_path(), lambda file: torch.save(state, file))


def checkpoint_path():
    return os.path.join(engine.checkpoint_dir(), "checkpoint.pt")


def keep_results(model, metrics):
    weights = {name: value.cpu() for name, value in model.state_dict().items()}
    engine.write_atomically(os.path.join(engine.output_dir(), "model.pt"), lambda file: torch.save(weights, file))
    engine.write_atomically(os.path.join(engine.output_dir(), "metrics.json"),
                            lambda file: file.write(json.dumps(metrics, indent=2).encode()))


def everybody_hears_of_a_stop():
    """TERM reaches the processes at different moments; they must leave after the same step, or the others would hang."""
    return agree(engine.stop_requested(), dist.ReduceOp.MAX) if WORLD_SIZE > 1 else engine.stop_requested()


def agree(flag, how):
    """MIN: true if it is true for all; MAX: true if it is true for any."""
    votes = torch.tensor([int(flag)])
    dist.all_reduce(votes, op=how)
    return bool(votes.item())


def misbehave_if_asked(step, first_step, options):
    if step == options.fail_at_step and RANK == options.fail_rank and not (options.crash_once and first_step > 0):
        say(f"rank {RANK} fails on purpose at step {step}")
        os._exit(17)


def let_torchrun_ask_first():
    """A worker that leaves before its own agent sent TERM is a failure to torchrun and uses up PET_MAX_RESTARTS."""
    patience = time.monotonic() + 1
    while TORCHRUN_AGENT is not None and not engine.stop_requested() and time.monotonic() < patience:
        time.sleep(0.02)


def leave_if_orphaned():
    """torchrun starts workers in sessions of their own: a killed agent would leave this process training for ever."""
    if TORCHRUN_AGENT is not None and os.getppid() != TORCHRUN_AGENT:
        say(f"rank {RANK} leaves: its torchrun agent is gone")
        os._exit(1)


def say(line):
    print(line, flush=True)


def parse_options():
    parser = argparse.ArgumentParser(description="Trains a reader of drawn digits, on one process or many.")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=120, help="of all workers together")
    parser.add_argument("--lr", type=float, default=0.002)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--min-accuracy", type=float, default=0.9, help="exit with 1 when the test gives less")
    parser.add_argument("--checkpoint-every", type=int, default=20, metavar="STEPS")
    parser.add_argument("--step-delay", type=float, default=0.0, metavar="SECONDS", help="slows each step, for demos")
    parser.add_argument("--fail-at-step", type=int, metavar="N", help="exit with 17 after step N")
    parser.add_argument("--fail-rank", type=int, default=0, metavar="R", help="the rank that --fail-at-step is for")
    parser.add_argument("--crash-once", action="store_true",
                        help="do not fail again after a resume (needs N of at least --checkpoint-every)")
    return parser.parse_args()


def run():
    try:
        return main()
    except RuntimeError as failure:  # a collective says so when another process is gone
        if engine.stop_requested():
            say(f"rank {RANK} stopped, the others were gone first; the last regular checkpoint holds")
            return EXIT_STOPPED
        if not dist.is_initialized():
            raise
        print(f"rank {RANK} failed: {failure}", file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    exit_code = run()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit: torch takes more than a second to tear itself down, and aborts (134) when rank 0, which keeps the
    # store, was faster.
    os._exit(exit_code)
