"""What a training script needs to know of the ML Engine. Standard library only: copy this file beside your script.

Everything arrives in environment variables (docs/training-script-contract.md). Without them, when you try the script by
hand, progress is not reported and files go below ./mlengine-local.
"""
import json
import math
import os
import signal
import time

ATTEMPT = int(os.environ.get("MLENGINE_ATTEMPT", "1"))  # 1 for the first try, 2 after the first restart, ...
_SECONDS_BETWEEN_REPORTS = 0.25
_last_report = -math.inf
_stop_requested = False


def checkpoint_dir():
    """A folder that survives every attempt of this job and is gone with the job."""
    return _folder("MLENGINE_CHECKPOINT_DIR", "checkpoints")


def output_dir():
    """A folder for what is to be kept: the model, its metrics."""
    return _folder("MLENGINE_OUTPUT_DIR", "output")


def input_path(name):
    """Where the input of this name lies (a file or a folder); None when the job has no such input."""
    return os.environ.get("MLENGINE_INPUT_" + name.upper().replace("-", "_"))


def report_progress(step, total=None, epoch=None, metrics=None, force=False):
    """Says how far the job is. Call it as often as you like, from rank 0: at most four reports a second are written."""
    global _last_report
    now = time.monotonic()
    if not force and now - _last_report < _SECONDS_BETWEEN_REPORTS:
        return
    _last_report = now
    numbers = {name: float(value) for name, value in (metrics or {}).items()}
    report = {"step": step, "total": total, "epoch": epoch,
              "metrics": {name: value for name, value in numbers.items() if math.isfinite(value)}}  # JSON has no NaN
    line = json.dumps({key: value for key, value in report.items() if value is not None})
    if "MLENGINE_PROGRESS_FILE" in os.environ:
        with open(os.environ["MLENGINE_PROGRESS_FILE"], "a", encoding="utf-8") as progress:
            progress.write(line + "\n")
    elif "MLENGINE_JOB_ID" in os.environ:  # no shared file, for example in a pod: a marked line of the log
        print("::mlengine-progress " + line, flush=True)


def write_atomically(path, write):
    """Calls write(file) on a temporary file and renames it, so that a reader finds the old file or the new one, never half."""
    temporary = f"{path}.tmp-{os.getpid()}"
    with open(temporary, "wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def listen_for_stop():
    """From now on TERM only sets a flag. Call it just before the training loop: until then TERM may end the process at once."""
    def note_the_request(_signal, _frame):
        global _stop_requested
        _stop_requested = True
    signal.signal(signal.SIGTERM, note_the_request)


def stop_requested():
    """True once TERM has come: save and exit within MLENGINE_STOP_GRACE_SECONDS; KILL follows."""
    return _stop_requested


def _folder(variable, name_when_alone):
    path = os.environ.get(variable) or os.path.join("mlengine-local", name_when_alone)
    os.makedirs(path, exist_ok=True)
    return path
