from __future__ import annotations

import os
import signal
import threading

import pytest

from gitops_guard.interrupt import undoing


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_end_is_an_exception(number: signal.Signals) -> None:
    undone = []

    def work() -> None:
        try:
            os.kill(os.getpid(), number)
        finally:
            os.kill(os.getpid(), number)  # a second one does not disturb
            undone.append(True)
    with pytest.raises(SystemExit) as caught, undoing():
        work()
    assert caught.value.code == 128 + number
    assert undone
    assert signal.getsignal(number) is signal.SIG_DFL


def test_who_handles_signals_goes_on_doing_so() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: heard.append(number))
    try:
        with undoing():
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == [signal.SIGTERM]


def test_another_thread_can_not_handle_signals() -> None:
    def work() -> None:
        with undoing():
            done.append(True)
    done: list[bool] = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done
