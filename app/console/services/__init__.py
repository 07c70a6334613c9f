"""The use cases of the console. None of them commits; none of them knows about HTTP."""

from app.console.services.cases import Opened, name_for, open_case
from app.console.services.customers import Customer, show_customer
from app.console.services.figures import list_cards, list_figures
from app.console.services.revealing import CONTACTS, reveal
from app.console.services.searching import Found, search
from app.console.services.setup import list_steps
from app.console.services.timeline import read_timeline

__all__ = [
    "CONTACTS",
    "Customer",
    "Found",
    "Opened",
    "list_cards",
    "list_figures",
    "list_steps",
    "name_for",
    "open_case",
    "read_timeline",
    "reveal",
    "search",
    "show_customer",
]
