"""Which provider carries which channel, from the settings of the process."""

from flask import current_app

from app.channels import Channel, Dev, Handover, Nowhere


def provider_of(handover: Handover, *, test: bool) -> Channel:
    """Return what carries a message, by its channel: alimtalk, sms or email.

    A test brand's messages are carried nowhere. Providers are loaded here, in the worker:
    no web process needs them.
    """
    if test:
        return Dev()
    config = current_app.config
    if not handover.sender:
        return Nowhere()
    if handover.channel == "email":
        if config["SMTP_URL"] is None:
            return Nowhere()
        from app.mail import Mail

        return Mail(config["SMTP_URL"])
    if config["SOLAPI_KEY"] is None:
        return Nowhere()
    from app.solapi import Solapi

    return Solapi(config["SOLAPI_URL"], config["SOLAPI_KEY"], config["SOLAPI_SECRET"])
