"""GS1 Digital Link: a product and one piece of it as the path of an address."""

from urllib.parse import unquote

GTIN, SERIAL = "01", "21"
# What may stand between them, in this order: consumer product variant, batch or lot.
_QUALIFIERS = ("22", "10")
_GTIN_LENGTHS = (8, 12, 13, 14)
_SERIAL_LENGTH_MAX = 20


def parse_digital_link(path: str) -> tuple[str, str] | None:
    """Return the GTIN in 14 digits and the serial that a path names, None if it is no such path.

    >>> parse_digital_link("/01/8801234567893/21/7K2M9Q4T7K2M9Q4T")
    ('08801234567893', '7K2M9Q4T7K2M9Q4T')
    >>> parse_digital_link("/01/08801234567893/10/LOT%2F1/21/A")
    ('08801234567893', 'A')
    >>> parse_digital_link("/01/8801234567893") is None
    True
    """
    if len(path) > 300:
        return None
    parts = [unquote(part) for part in path.strip("/").split("/")]
    if len(parts) % 2 or len(parts) < 4 or parts[0] != GTIN or parts[-2] != SERIAL:
        return None
    between = parts[2:-2:2]
    if between != [key for key in _QUALIFIERS if key in between]:
        return None
    gtin, serial = parts[1], parts[-1]
    if len(gtin) not in _GTIN_LENGTHS or not (gtin.isascii() and gtin.isdigit()):
        return None
    if not 0 < len(serial) <= _SERIAL_LENGTH_MAX:
        return None
    return gtin.rjust(14, "0"), serial
