"""How often signing in may fail; counted in the database, over all processes."""

from datetime import timedelta

from app.verifications.services import Window

MINUTES, DAY = timedelta(minutes=15), timedelta(days=1)

# In this order, so that two calls never wait for each other's counters.
PASSWORDS_OF_ACCOUNT = (
    Window("staff_passwords_15min", 5, MINUTES, shared=True),
    Window("staff_passwords_day", 50, DAY, shared=True),
)
PASSWORDS_OF_ADDRESS = (Window("staff_passwords_ip_15min", 30, MINUTES, shared=True),)
CODES_OF_PERSON = (
    Window("staff_codes_15min", 5, MINUTES, shared=True),
    Window("staff_codes_day", 50, DAY, shared=True),
)
