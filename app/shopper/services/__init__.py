"""The use cases of shoppers' pages. None of them commits; none of them knows about HTTP."""

from app.shopper.services.certificate import calendar_entry, certificate_of, send_link
from app.shopper.services.consenting import Ask, ask_of, notice_of, save_choices
from app.shopper.services.following import Done, follow
from app.shopper.services.identity import Shopper, find_shopper, mark_of
from app.shopper.services.mine import Mine, Owned, own, show_mine
from app.shopper.services.repairs import ask_for_repair, repairs_of
from app.shopper.services.starting import (
    Sender,
    begin_acceptance,
    begin_login,
    begin_offer,
    begin_registration,
)

__all__ = [
    "Ask",
    "Done",
    "Mine",
    "Owned",
    "Sender",
    "Shopper",
    "ask_for_repair",
    "ask_of",
    "begin_acceptance",
    "begin_login",
    "begin_offer",
    "begin_registration",
    "calendar_entry",
    "certificate_of",
    "find_shopper",
    "follow",
    "mark_of",
    "notice_of",
    "own",
    "repairs_of",
    "save_choices",
    "send_link",
    "show_mine",
]
