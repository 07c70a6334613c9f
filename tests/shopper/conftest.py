"""A shop whose labels lead to its pages."""

import pytest

from tests.shopper.phone import Shop
from tests.support.api import TestBrand


@pytest.fixture
def shop(brand: TestBrand) -> Shop:
    return Shop(brand)
