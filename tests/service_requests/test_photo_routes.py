"""Photos of requests over HTTP: sealed in the database, then in the storage."""

import io
from collections.abc import Iterator

import pytest
from obstore.exceptions import BaseError
from PIL import Image

from app import crypto, photos, storage
from app.service_requests.errors import ServicePhotosTooMany
from app.service_requests.jobs import move_photos
from tests.service_requests.pictures import picture
from tests.service_requests.shop import ask, ask_as_member, audit, get, open_service, steps
from tests.support import s3
from tests.support.members import run_job
from tests.support.parallel import at_once


@pytest.fixture
def bucket(brand, monkeypatch) -> Iterator[s3.FakeS3]:
    """A bucket in which the brand's photos are kept."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3.KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3.SECRET)
    with s3.running() as server:
        url = f"s3://photos/dangol?endpoint={server.url}&region={s3.REGION}"
        monkeypatch.setitem(brand.app.config, "STORAGE_URL", url)
        yield server


def send(brand, request, content: bytes, **options):
    return brand.api.send(
        "POST", f"/v1/service-requests/{request['id']}/photos", data=content,
        content_type="image/jpeg", **options,
    )  # fmt: skip


def read(brand, request, number: int):
    return brand.api.send("GET", f"/v1/service-requests/{request['id']}/photos/{number}")


def test_a_photo_is_kept_as_a_plain_jpeg_and_read_by_staff(brand, owner) -> None:
    (serial, _) = open_service(brand)
    asked = ask(brand, serial)
    sent = picture("PNG", (3000, 2000))
    answer = send(brand, asked, sent)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    (listed,) = answer.get_json()["photos"]
    assert (listed["number"], listed["width"], listed["height"]) == (1, 1365, 2048)
    before = read(brand, asked, 1)
    assert run_job(brand, move_photos) == 1
    after = read(brand, asked, 1)
    assert before.data == after.data
    assert after.mimetype == "image/jpeg"
    assert after.headers["Cache-Control"] == "private, no-store"
    with Image.open(io.BytesIO(after.data)) as seen:
        assert (seen.format, seen.size) == ("JPEG", (1365, 2048))
    assert b"canary" not in after.data
    row = owner.execute(
        "SELECT content_sealed, stored_at IS NOT NULL FROM service_request_photos"
        " WHERE brand_id = %s",
        (brand.brand_id,),
    ).fetchone()
    assert row == (None, True)
    assert audit(brand) == []


def test_what_lies_in_the_storage_is_sealed(brand, owner) -> None:
    (serial, _) = open_service(brand)
    asked = ask(brand, serial)
    send(brand, asked, picture())
    run_job(brand, move_photos)
    request_id, photo_id = owner.execute(
        "SELECT request_id, id FROM service_request_photos WHERE brand_id = %s", (brand.brand_id,)
    ).fetchone()
    with brand.app.app_context():
        kept = storage.get(f"{brand.brand_id}/service-requests/{request_id}/{photo_id}")
        assert kept is not None
        assert photos.kind_of(kept) is None
        cell = crypto.Cell(brand.brand_id, "service_request_photos", "content", photo_id)
        assert photos.kind_of(crypto.unseal_bytes(kept, cell)) == "JPEG"


def test_a_storage_that_is_away_loses_no_photo(brand, bucket) -> None:
    (serial, _) = open_service(brand)
    asked = ask(brand, serial)
    for _ in range(2):
        send(brand, asked, picture())
    first = read(brand, asked, 1).data
    bucket.moods.extend(["down"] * 3)
    with pytest.raises(BaseError):
        run_job(brand, move_photos)
    assert bucket.objects == {}
    assert read(brand, asked, 1).data == first
    assert run_job(brand, move_photos) == 2
    assert run_job(brand, move_photos) == 0
    assert read(brand, asked, 1).data == first


def test_a_photo_that_was_stored_without_our_knowing_is_stored_again(brand, bucket) -> None:
    (serial, _) = open_service(brand)
    asked = ask(brand, serial)
    send(brand, asked, picture())
    first = read(brand, asked, 1).data
    bucket.moods.extend(["lost"] * 3)
    with pytest.raises(BaseError):
        run_job(brand, move_photos)
    assert len(bucket.objects) == 1
    assert run_job(brand, move_photos) == 1
    assert len(bucket.objects) == 1
    assert read(brand, asked, 1).data == first
    brand.api.post("/v1/members/ext:mina/erase", expect=200)
    assert run_job(brand, move_photos) == 1
    assert bucket.objects == {}


def test_two_workers_at_once_move_each_photo_once(busy) -> None:
    (serial, _) = open_service(busy)
    asked = ask(busy, serial)
    for _ in range(5):
        send(busy, asked, picture())
    moved = at_once([lambda: run_job(busy, move_photos) for _ in range(4)])
    assert sum(moved) == 5
    assert [read(busy, asked, number).status_code for number in range(1, 6)] == [200] * 5


def test_a_repeated_upload_adds_one_photo(brand) -> None:
    (serial, _) = open_service(brand)
    asked = ask(brand, serial)
    first, second = (send(brand, asked, picture(), key="same") for _ in range(2))
    assert first.data == second.data
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(get(brand, asked)["photos"]) == 1
    other = send(brand, asked, picture(size=(50, 50)), key="same")
    assert other.get_json()["code"] == "idempotency_key_reused"


def test_five_photos_are_enough(brand) -> None:
    (serial, _) = open_service(brand)
    asked = ask(brand, serial)
    for number in range(1, 6):
        assert send(brand, asked, picture()).get_json()["photos"][-1]["number"] == number
    assert send(brand, asked, picture()).get_json()["code"] == "service_photos_too_many"
    with pytest.raises(ServicePhotosTooMany):
        ask_as_member(brand, serial, *[picture()] * 6)
    assert len(brand.api.get("/v1/service-requests")["data"]) == 1
    assert len(ask_as_member(brand, serial, picture("WEBP"), picture("PNG")).photos) == 2


def test_what_is_no_photo_is_refused_whatever_it_is_called(brand) -> None:
    (serial, _) = open_service(brand)
    asked = ask(brand, serial)
    for content in (b"", b"GIF89a", b"<svg/>", picture()[:200]):
        assert send(brand, asked, content).get_json()["code"] == "service_photo_invalid"
    large = send(brand, asked, picture() + bytes(photos.BYTES_MAX))
    assert (large.status_code, large.get_json()["code"]) == (422, "service_photo_too_large")
    assert get(brand, asked)["photos"] == []
    assert read(brand, asked, 1).status_code == 404


def test_only_the_route_of_photos_takes_large_bodies(brand) -> None:
    open_service(brand)
    for path in ("/v1/service-requests", "/v1/symptoms/X"):
        method = "PUT" if "symptoms" in path else "POST"
        answer = brand.api.send(method, path, {"name": "x" * 300_000})
        assert (answer.status_code, answer.get_json()["code"]) == (413, "body_too_large")


def test_what_is_over_takes_no_photos(brand) -> None:
    (serial, _) = open_service(brand)
    asked = steps(brand, ask(brand, serial), "cancel")
    assert send(brand, asked, picture()).get_json()["code"] == "service_step_refused"
