"""Reads a printed page back as a scanner would."""

import pypdfium2
import zxingcpp


def read_back(pdf: bytes) -> tuple[list[str], str]:
    """Return the codes that a decoder sees in a rendering of 300 dpi, and the text."""
    document = pypdfium2.PdfDocument(pdf)
    codes, text = [], ""
    for page in document:
        image = page.render(scale=300 / 72, grayscale=True).to_pil()
        codes += [
            found.text
            for found in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
        ]
        text += page.get_textpage().get_text_bounded()
    document.close()
    return codes, text
