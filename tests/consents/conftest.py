import pytest

from tests.consents.asking import publish_all
from tests.support.members import make_member


@pytest.fixture
def asking(brand):
    """A brand with a published text for every purpose."""
    publish_all(brand)
    return brand


@pytest.fixture
def alice(asking):
    return make_member(asking, "alice")
