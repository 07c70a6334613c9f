"""Files in a directory and in S3-compatible storage behave the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from obstore.exceptions import BaseError

from app.config import ConfigError, load_config
from app.storage import Bucket, Directory, Storage, open_storage
from tests.support import s3
from tests.support.s3 import FakeS3


@pytest.fixture
def server(monkeypatch) -> Iterator[FakeS3]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3.KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3.SECRET)
    with s3.running() as running:
        yield running


def bucket(server: FakeS3) -> Bucket:
    return Bucket(f"s3://photos/dangol?endpoint={server.url}&region={s3.REGION}")


@pytest.fixture(params=["directory", "bucket"])
def storage(request, tmp_path) -> Storage:
    if request.param == "directory":
        return Directory(tmp_path / "blobs")
    return bucket(request.getfixturevalue("server"))


def test_what_is_put_is_found_until_it_is_deleted(storage) -> None:
    assert storage.get("a/b") is None
    storage.put("a/b", b"one")
    storage.put("a/b", b"two" * 100_000)
    storage.put("a/c", b"")
    assert storage.get("a/b") == b"two" * 100_000
    assert storage.get("a/c") == b""
    storage.delete("a/b")
    storage.delete("a/b")
    assert storage.get("a/b") is None
    assert storage.get("a/c") == b""


def test_a_bucket_is_asked_with_a_signature_under_its_prefix(server) -> None:
    bucket(server).put("a/b", b"x")
    assert server.objects == {"/photos/dangol/a/b": b"x"}
    assert server.unauthenticated == 0


def test_a_bucket_that_fails_once_is_asked_again(server) -> None:
    server.moods.extend(["down"])
    bucket(server).put("a/b", b"x")
    assert bucket(server).get("a/b") == b"x"


def test_a_wrong_secret_is_an_error_and_not_a_missing_file(server, monkeypatch) -> None:
    bucket(server).put("a", b"x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises((BaseError, PermissionError)):
        bucket(server).get("a")
    assert server.unauthenticated > 0


@pytest.mark.parametrize(
    "key", ["../x", "/etc/passwd", "a/../../x", "a//b", "", "a/", ".x", "a\\b"]
)
def test_a_key_leads_nowhere_else(tmp_path, key: str) -> None:
    files = Directory(tmp_path / "blobs")
    for act in (files.get, files.delete, lambda each: files.put(each, b"x")):
        with pytest.raises(ValueError, match="key"):
            act(key)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_whole_is_not_there(tmp_path, monkeypatch) -> None:
    files = Directory(tmp_path)
    files.put("a", b"old")

    def full(descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="disk full"):
        files.put("a", b"new")
    assert files.get("a") == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_files_are_for_their_owner_alone(tmp_path) -> None:
    Directory(tmp_path / "blobs").put("a/b", b"x")
    assert (tmp_path / "blobs" / "a" / "b").stat().st_mode & 0o077 == 0


def test_the_setting_names_a_directory_or_a_bucket(environment, tmp_path) -> None:
    unset = {name: value for name, value in environment.items() if name != "DANGOL_STORAGE_URL"}
    here = load_config({**unset, "DANGOL_VAR": str(tmp_path)})["STORAGE_URL"]
    assert isinstance(open_storage(here), Directory)
    assert open_storage(here).root == tmp_path / "blobs"  # type: ignore[attr-defined]
    spaced = f"file://{Path('/a b').as_posix()}".replace(" ", "%20")
    assert open_storage(spaced).root == Path("/a b")  # type: ignore[attr-defined]
    named = load_config({**environment, "DANGOL_STORAGE_URL": "s3://photos/x"})["STORAGE_URL"]
    assert isinstance(open_storage(named), Bucket)
    for wrong in ("ftp://x", "s3://", "/var/blobs", "file://host"):
        with pytest.raises(ConfigError, match="DANGOL_STORAGE_URL"):
            load_config({**environment, "DANGOL_STORAGE_URL": wrong})
