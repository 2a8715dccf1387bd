"""Training with Horovod that the ML Engine can start, watch, stop and restart; alone it runs with: python train.py"""
import argparse
import os
import sys
import time

import horovod.torch as hvd
import torch
import torch.nn.functional as F

import mlengine_client as engine
import task

EXIT_STOPPED = 128 + 15  # what a shell says of a process that TERM ended


def main():
    options = parse_options()
    hvd.init()  # meets the others: HOROVOD_RANK, HOROVOD_GLOO_RENDEZVOUS_ADDR, ... are set
    has_gpu = torch.cuda.is_available() and hvd.local_rank() < torch.cuda.device_count()
    device = torch.device("cuda", hvd.local_rank()) if has_gpu else torch.device("cpu")
    say(f"rank {hvd.rank()} of {hvd.size()} is up on {device}, attempt {engine.ATTEMPT}")
    engine.listen_for_stop()

    torch.manual_seed(options.seed)
    model = task.make_model().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=options.lr)
    first_step = load_checkpoint(model, optimizer, device)
    averaging = hvd.DistributedOptimizer(optimizer, named_parameters=model.named_parameters())

    examples, labels = task.make_examples(task.TRAIN_SIZE, options.seed)
    for step in range(first_step, options.steps):
        mine = task.batch_of(step, options.batch_size, hvd.rank(), hvd.size(), options.seed)
        averaging.zero_grad()
        loss = F.cross_entropy(model(examples[mine].to(device)), labels[mine].to(device))
        loss.backward()
        averaging.step()
        done = step + 1
        if hvd.rank() == 0:
            engine.report_progress(done, options.steps, metrics={"loss": round(loss.item(), 4)})
            if done % options.checkpoint_every == 0:
                save_checkpoint(done, model, optimizer)
        if everybody_hears_of_a_stop():
            if hvd.rank() == 0:
                save_checkpoint(done, model, optimizer)
            say(f"rank {hvd.rank()} stopped after step {done}")
            return EXIT_STOPPED
        time.sleep(options.step_delay)

    accuracy = task.accuracy_of(model, device, options.seed)
    if hvd.rank() == 0:
        engine.report_progress(options.steps, options.steps, metrics={"test_accuracy": round(accuracy, 4)}, force=True)
        engine.write_atomically(os.path.join(engine.output_dir(), "model.pt"),
                                lambda file: torch.save(model.state_dict(), file))
        say(f"test accuracy {accuracy:.4f} after {options.steps} steps")
    if accuracy < options.min_accuracy:
        say(f"rank {hvd.rank()} failed: test accuracy {accuracy:.4f} is below --min-accuracy {options.min_accuracy}")
        return 1
    return 0


def load_checkpoint(model, optimizer, device):
    """Rank 0 reads the file, so no shared folder is needed; the others get everything from it. Returns the steps done."""
    step = 0
    if hvd.rank() == 0 and os.path.exists(checkpoint_path()):
        saved = torch.load(checkpoint_path(), map_location=device)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        step = saved["step"]
        say(f"rank 0 resumed from step {step}")
    hvd.broadcast_parameters(model.state_dict(), root_rank=0)
    hvd.broadcast_optimizer_state(optimizer, root_rank=0)
    return hvd.broadcast_object(step, root_rank=0)


def save_checkpoint(step, model, optimizer):
    state = {"step": step, "model": model.state_dict(), "optimizer": optimizer.state_dict()}
    engine.write_atomically(checkpoint_path(), lambda file: torch.save(state, file))


def checkpoint_path():
    return os.path.join(engine.checkpoint_dir(), "checkpoint.pt")


def everybody_hears_of_a_stop():
    """TERM reaches the processes at different moments; they must leave after the same step, or the others would hang."""
    return hvd.allreduce(torch.tensor(int(engine.stop_requested())), name="stop", op=hvd.Sum).item() > 0


def say(line):
    print(line, flush=True)


def parse_options():
    parser = argparse.ArgumentParser(description="Learns with Horovod, on one process or many.")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch-size", type=int, default=120, help="of all processes together")
    parser.add_argument("--lr", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--min-accuracy", type=float, default=0.9, help="exit with 1 when the test gives less")
    parser.add_argument("--checkpoint-every", type=int, default=20, metavar="STEPS")
    parser.add_argument("--step-delay", type=float, default=0.0, metavar="SECONDS", help="slows each step, for demos")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
