"""Failing on request.

A fault file says how: fault.json in the service's directory, which comes with a commit, and over it
/run/lab/fault/<service>, which a test writes at any time. See the table in the README of the repository.
"""

import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path

POLL_SECONDS = 0.1

_started = time.monotonic()
_fault = {}


def current():
    return _fault


def run(name, listen):
    """Calls listen when the service may start to listen; obeys the fault files until the process ends.

    It needs the main thread, the only one that may say what a signal does.
    """
    global _fault
    files = [Path(__file__).with_name("fault.json"), Path("/run/lab/fault", name)]
    seen = None
    listening = False
    while True:
        try:
            texts = [file.read_text() if file.exists() else "{}" for file in files]
            if texts != seen:
                _fault = {key: value for text in texts for key, value in json.loads(text).items()}
                seen = texts
                term = signal.SIG_IGN if _fault.get("exitOnTerm") == "ignore" else signal.SIG_DFL
                signal.signal(signal.SIGTERM, term)
        except (OSError, ValueError):
            pass  # Half written: the next poll reads it whole.
        _die_if_due()
        if not listening and not _fault.get("noListen") and _due(_fault.get("startDelayMs")):
            listening = True
            listen()
        time.sleep(POLL_SECONDS)


def delay():
    """Delays an answer, for ever or not, where a fault says so."""
    if _fault.get("hang"):
        while True:
            time.sleep(3600)
    time.sleep((_fault.get("slowMs") or 0) / 1000)


def _due(after_ms):
    """Times of a fault count from the start of the process."""
    return time.monotonic() - _started >= (after_ms or 0) / 1000


def _die_if_due():
    crash, name = _fault.get("crash"), _fault.get("signal")
    if crash and _due(crash.get("afterMs")):
        try:
            raise KeyError(crash.get("message", "currency"))
        except KeyError:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(crash.get("exitCode", 1))
    if name and not crash and _due(_fault.get("afterMs")):
        os.kill(os.getpid(), signal.Signals[name])
