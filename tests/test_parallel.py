import os
import select
import signal
import threading

import pytest

from gitops_guard.parallel import each

PARENT = os.getpid()


@pytest.mark.parametrize("jobs", [1, 2, 3, 50])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 100])
def test_results_are_in_the_order_of_the_items(count, jobs):
    assert list(each(range(count), lambda item: item * item, jobs)) == [item * item for item in range(count)]


@pytest.fixture
def met():
    """Makes this process and the workers wait at their first items for each other."""
    (parent_in, parent_out), (worker_in, worker_out) = os.pipe(), os.pipe()

    def meet():
        here = os.getpid() == PARENT
        os.write(parent_out if here else worker_out, b".")
        select.select([worker_in if here else parent_in], [], [], 10)

    yield meet
    for end in (parent_in, parent_out, worker_in, worker_out):
        os.close(end)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize("jobs", [2, 3])
def test_several_processes_work(met, jobs):
    def work(_item):
        met()
        return os.getpid()

    found = set(each(range(40), work, jobs))
    assert PARENT in found
    assert 2 <= len(found) <= jobs


def test_one_job_is_no_process():
    assert set(each(range(20), lambda _item: os.getpid(), 1)) == {PARENT}


def test_threads_and_forks_do_not_go_together():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert set(each(range(20), lambda _item: os.getpid(), 2)) == {PARENT}
    finally:
        stop.set()
        thread.join()


def test_an_exception_is_raised_at_its_place():
    def work(item):
        return 1 // (item - 5)

    results = each(range(20), work, 2)
    assert [next(results) for _ in range(5)] == [work(item) for item in range(5)]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_what_a_killed_worker_left_is_done_here(met):
    def work(item):
        met()
        if os.getpid() != PARENT:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    assert list(each(range(20), work, 2)) == list(range(20))


def test_no_process_and_no_file_is_left(monkeypatch):
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    forked, fork = [], os.fork
    # Its own children are asked about: other tests of this process may have some that still live.
    monkeypatch.setattr(os, "fork", lambda: forked.append(fork()) or forked[-1])
    results = each(range(20), lambda item: item, 3)
    next(results)
    results.close()
    assert len(forked) == 2
    for process in forked:
        with pytest.raises(ChildProcessError):
            os.waitpid(process, os.WNOHANG)
    assert (len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0) == before
