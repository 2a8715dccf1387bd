"""How a training script joins the XGBoost workers of its job. The engine puts this file on PYTHONPATH.

    import mlengine_xgboost
    with mlengine_xgboost.communicator():
        ...  # xgboost.collective.get_rank(), xgboost.train() on this worker's part of the data

XGBoost reads no environment variables for this, so what the engine tells in DMLC_ variables is handed over here. Without
them, when a script is tried by hand, it trains alone. Enter the communicator once in a run: the tracker ends when all
workers have left it.
"""
import contextlib
import os
import sys
import time

OLDEST = (2, 1)
EXIT_TOO_OLD = 3
SECONDS_TO_WAIT_FOR_THE_FIRST_WORKER = 600
TEXTS = ("dmlc_tracker_uri", "dmlc_task_id")
NUMBERS = ("dmlc_tracker_port", "dmlc_worker_port", "dmlc_retry", "dmlc_timeout")


@contextlib.contextmanager
def communicator(**more):
    """Joins the other workers for the time of a with block; more arguments go to xgboost.collective.init as they are."""
    _refuse_old_versions()
    if "DMLC_TRACKER_URI" not in os.environ:
        yield
        return
    arguments = {**_arguments(), **more}
    role = os.environ.get("DMLC_TRACKER_ROLE")  # set when the first worker keeps the tracker
    tracker = _start_tracker() if role == "keeper" else None
    context = _enter(arguments, SECONDS_TO_WAIT_FOR_THE_FIRST_WORKER if role == "guest" else 0)
    with contextlib.ExitStack() as stack:
        stack.push(context)
        yield
    if tracker is not None:
        tracker.wait_for()  # the others say goodbye to it, and it ends with this process


def _enter(arguments, patience):
    """Joins the group; XGBoost gives up at once, since its retries would also delay the end of a broken group."""
    from xgboost.collective import CommunicatorContext
    from xgboost.core import XGBoostError
    give_up = time.monotonic() + patience
    while True:
        context = CommunicatorContext(**arguments)
        try:
            context.__enter__()
            return context
        except XGBoostError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.5)


def _arguments():
    arguments = {name: os.environ[name.upper()] for name in TEXTS + NUMBERS if name.upper() in os.environ}
    return {name: int(value) if name in NUMBERS else value for name, value in arguments.items()}


def _start_tracker():
    from xgboost.tracker import RabitTracker
    shares_machine = os.environ["DMLC_TRACKER_URI"] == "127.0.0.1"
    tracker = RabitTracker(n_workers=int(os.environ["DMLC_NUM_WORKER"]), port=int(os.environ["DMLC_TRACKER_PORT"]),
                           host_ip="127.0.0.1" if shares_machine else "0.0.0.0", sortby="task")
    tracker.start()
    return tracker


def _refuse_old_versions():
    import xgboost
    if tuple(int(part) for part in xgboost.__version__.split(".")[:2]) < OLDEST:
        print(f"XGBoost {xgboost.__version__} is too old: its workers and trackers speak another protocol;"
              " install xgboost 2.1 or newer", file=sys.stderr, flush=True)
        sys.exit(EXIT_TOO_OLD)
