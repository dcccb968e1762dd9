"""The archive: what other programs read in it, and that nothing but the files decides about its bytes."""

import gzip
import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.bundle.archive import packed
from gitops_guard.errors import UsageError

NAMES = st.lists(st.text("abc.-", min_size=1, max_size=90).filter(lambda name: name.strip(".")), min_size=1, max_size=3).map("/".join)


def read(data):
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz", errorlevel=2) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}


@given(st.dictionaries(NAMES, st.binary(max_size=2000), max_size=6))
def test_what_is_packed_is_read_again(files):
    kept = {name: data for name, data in files.items() if not any(other.startswith(f"{name}/") for other in files)}
    assert read(packed(kept)) == kept
    assert packed(dict(reversed(kept.items()))) == packed(kept)


def test_nothing_of_the_machine_is_in_it():
    data = packed({"b": b"2", "a": b"1"})
    assert data[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        entries = archive.getmembers()
    assert [entry.name for entry in entries] == ["a", "b"]
    assert {(entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname, entry.mode, entry.type) for entry in entries} == {(0, 0, 0, "", "", 0o644, tarfile.REGTYPE)}
    assert len(gzip.decompress(data)) % 512 == 0


def test_a_path_of_more_than_a_header_holds():
    folder = "/".join(["f" * 50] * 3)
    assert read(packed({f"{folder}/{'n' * 100}": b"x"})) == {f"{folder}/{'n' * 100}": b"x"}
    with pytest.raises(UsageError, match="too long for an archive"):
        packed({"n" * 101: b""})
