import os
import threading
from pathlib import Path

import pytest

from gitops_guard.cli.writing import must_be_writable, parse_reports, write_whole
from gitops_guard.errors import GuardError, UsageError
from gitops_guard.report import FORMATS


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_reports():
    assert parse_reports(("sarif=out/a=b.sarif", "json=r.json"), FORMATS) == [("sarif", Path("out/a=b.sarif")), ("json", Path("r.json"))]


@pytest.mark.parametrize(("text", "message"), [
    ("sarif", "write FORMAT=PATH"), ("sarif=", "write FORMAT=PATH"), ("sarf=x", "did you mean 'sarif'"), ("zzz=x", "there are text, json"),
])
def test_bad_reports(text, message):
    with pytest.raises(UsageError, match=message):
        parse_reports((text,), FORMATS)


def test_two_reports_to_one_file():
    with pytest.raises(UsageError, match="same file"):
        parse_reports(("sarif=x", "json=x"), FORMATS)


def test_written_whole_with_ordinary_rights(tmp_path):
    path = tmp_path / "new" / "report.json"
    write_whole(path, b"x")
    assert path.read_bytes() == b"x"
    assert os.listdir(path.parent) == ["report.json"]
    mask = os.umask(0)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask


def test_what_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(GuardError, match="can't write"):
        write_whole(tmp_path / "file" / "report.json", b"x")


@pytest.mark.parametrize(("path", "message"), [
    ("folder", "'folder' is a folder; name a file in it"),
    ("folder/", "'folder' is a folder; name a file in it"),
    ("file/report.json", "'file' is no folder, so nothing can be written below it"),
    ("dangling/new/report.json", "'dangling' is no folder, so nothing can be written below it"),
    ("x" * 300, "a name is longer than 255 bytes"),
    ("/proc/report.json", "can't write '/proc/report.json'"),
])
def test_what_is_refused_before_any_work(tmp_path, path, message):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(UsageError, match="--report") as caught:
        parse_reports((f"json={path}",), FORMATS)
    assert message in str(caught.value)


def test_trying_leaves_nothing_behind(tmp_path):
    must_be_writable(tmp_path / "new" / "deep" / "report.json", "-o")
    (tmp_path / "old.json").write_text("x")
    must_be_writable(tmp_path / "old.json", "-o")
    assert os.listdir(tmp_path) == ["old.json"]
    assert (tmp_path / "old.json").read_text() == "x"


def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path):
    """It may be the repository's own, and lead anywhere."""
    (tmp_path / "secret").write_text("x")
    (tmp_path / "report.json").symlink_to("secret")
    write_whole(tmp_path / "report.json", b"new")
    assert (tmp_path / "secret").read_text() == "x"
    assert (tmp_path / "report.json").read_bytes() == b"new"


def test_a_pipe_and_a_device_are_written_to(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    must_be_writable(pipe, "-o")
    write_whole(pipe, b"x")
    reader.join(5)
    assert read == [b"x"]
    must_be_writable(Path("/dev/null"), "-o")
    write_whole(Path("/dev/null"), b"x")
    assert Path("/dev/null").is_char_device()
