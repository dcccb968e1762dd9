import os
from pathlib import Path

import pytest

from gitops_guard.cli.writing import parse_reports, write_whole
from gitops_guard.errors import GuardError, UsageError


def test_reports():
    assert parse_reports(("sarif=out/a=b.sarif", "json=r.json")) == [("sarif", Path("out/a=b.sarif")), ("json", Path("r.json"))]


@pytest.mark.parametrize(("text", "message"), [
    ("sarif", "write FORMAT=PATH"), ("sarif=", "write FORMAT=PATH"), ("sarf=x", "did you mean 'sarif'"), ("zzz=x", "there are text, json"),
])
def test_bad_reports(text, message):
    with pytest.raises(UsageError, match=message):
        parse_reports((text,))


def test_two_reports_to_one_file():
    with pytest.raises(UsageError, match="same file"):
        parse_reports(("sarif=x", "json=x"))


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
