"""Certificates of warranty as signed PDF.

The signature is PAdES (ETSI EN 319 142), made with a key that is derived from the index
key, under a certificate of our own making: readers see that nothing was changed since, and
compare the fingerprint with the one the brand publishes. The file names nobody.
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

import click
import segno
from asn1crypto import keys, x509
from cryptography import x509 as make
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from flask import current_app
from flask.cli import with_appcontext
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from app.labels import A4_HEIGHT, A4_WIDTH, FONT, register_font

# The order of the curve P-256 (FIPS 186-5): private keys lie below it.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_VALID = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2056, 1, 1, tzinfo=UTC))
_QR_SIDE = 32.0  # mm


@dataclass(frozen=True)
class Certificate:
    """What a certificate says; days are the last that are covered."""

    brand: str
    number: str
    product: str
    serial: str
    registered_on: date
    starts_on: date | None
    ends_on: date | None
    parts_until: date | None
    labour_until: date | None
    reason: str
    url: str


def signed_pdf(certificate: Certificate) -> bytes:
    """Return the certificate as one A4 page, signed. It takes a while: not in a transaction."""
    return _signed(_page(certificate))


def fingerprint() -> str:
    """Return the SHA-256 of the certificate that signatures are made under, in hex."""
    return hashlib.sha256(_identity(current_app.config["INDEX_KEY"])[1]).hexdigest()


@click.command("certificate-fingerprint")
@with_appcontext
def command() -> None:
    """Print the SHA-256 of the certificate that signs certificates of warranty."""
    digest = fingerprint().upper()
    click.echo(":".join(digest[at : at + 2] for at in range(0, len(digest), 2)))


def _page(certificate: Certificate) -> bytes:
    register_font()
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(A4_WIDTH * mm, A4_HEIGHT * mm), pageCompression=1, lang="ko")
    canvas.setTitle(f"품질 보증서 {certificate.number}")
    canvas.setAuthor(certificate.brand)
    canvas.setSubject(certificate.product)
    canvas.setCreator("Dangol")
    canvas.setLineWidth(0.8)
    canvas.rect(14 * mm, 14 * mm, (A4_WIDTH - 28) * mm, (A4_HEIGHT - 28) * mm)
    canvas.setFont(FONT, 13)
    canvas.drawString(28 * mm, 258 * mm, certificate.brand)
    canvas.setFont(FONT, 28)
    canvas.drawString(28 * mm, 240 * mm, "품질 보증서")
    canvas.setFont(FONT, 11)
    canvas.drawString(28 * mm, 231 * mm, "Certificate of warranty")
    height = 208.0
    for ko, en, value in _lines(certificate):
        canvas.setFont(FONT, 9)
        canvas.drawString(28 * mm, (height + 5.5) * mm, f"{ko} · {en}")
        canvas.setFont(FONT, _fitting(value, 14))
        canvas.drawString(28 * mm, height * mm, value)
        height -= 15
    canvas.setFont(FONT, _fitting(certificate.reason, 9))
    canvas.drawString(28 * mm, height * mm, certificate.reason)
    _draw_qr(canvas, certificate.url)
    canvas.save()
    return target.getvalue()


def _lines(certificate: Certificate) -> Iterator[tuple[str, str, str]]:
    yield "보증서 번호", "Number", certificate.number
    yield "제품", "Product", certificate.product
    yield "시리얼 번호", "Serial", certificate.serial
    yield "등록일", "Registered on", f"{certificate.registered_on:%Y-%m-%d}"
    if certificate.starts_on and certificate.ends_on:
        period = f"{certificate.starts_on:%Y-%m-%d} ~ {certificate.ends_on:%Y-%m-%d}"
    else:
        period = "구매일 확인 중 · being checked"
    yield "보증 기간", "Warranty", period
    if certificate.parts_until != certificate.labour_until:
        until = f"부품 {certificate.parts_until}까지, 수리비 {certificate.labour_until}까지"
        yield "부품과 수리비", "Parts and labour", until


def _fitting(text: str, largest: float) -> float:
    """Return the size of letters at which a line stays on the page."""
    width = pdfmetrics.stringWidth(text, FONT, largest)
    return min(largest, largest * (A4_WIDTH - 56) * mm / width) if width else largest


def _draw_qr(canvas: Canvas, url: str) -> None:
    rows = [bytes(row) for row in segno.make_qr(url, error="M").matrix]
    module = _QR_SIDE / len(rows)
    for number, row in enumerate(rows):
        for place, dark in enumerate(row):
            if dark:
                canvas.rect(
                    (28 + place * module) * mm,
                    (24 + _QR_SIDE - (number + 1) * module) * mm,
                    module * mm,
                    module * mm,
                    stroke=0,
                    fill=1,
                )
    canvas.setFont(FONT, 9)
    canvas.drawString(64 * mm, 44 * mm, "지금의 보증은 QR에서 확인해 주세요.")
    canvas.drawString(64 * mm, 38 * mm, "Scan for the warranty as it is today.")


def _signed(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    metadata = signers.PdfSignatureMetadata(
        field_name="Signature", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
    )
    signer = _signer(current_app.config["INDEX_KEY"])
    target = signers.PdfSigner(metadata, signer=signer).sign_pdf(writer)
    return bytes(target.getvalue())


def _signer(index_key: bytes) -> signers.SimpleSigner:
    private, certificate = _identity(index_key)
    return signers.SimpleSigner(
        signing_cert=x509.Certificate.load(certificate),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )


@lru_cache(maxsize=4)
def _identity(index_key: bytes) -> tuple[bytes, bytes]:
    """Return the private key and the certificate, both in DER."""
    seed = HKDF(SHA256(), 48, salt=None, info=b"dangol certificate signature").derive(index_key)
    key = ec.derive_private_key(int.from_bytes(seed) % (_ORDER - 1) + 1, ec.SECP256R1())
    name = make.Name([make.NameAttribute(NameOID.COMMON_NAME, "Dangol warranty certificates")])
    certificate = (
        make.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(_VALID[0])
        .not_valid_after(_VALID[1])
        .add_extension(make.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            make.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        # Deterministic (RFC 6979), so that every process has the very same certificate.
        .sign(key, SHA256(), ecdsa_deterministic=True)
    )
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return private, certificate.public_bytes(Encoding.DER)
