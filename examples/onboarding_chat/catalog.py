"""What may be answered, and which product fits: the same for every version of the bot."""

from collections.abc import Mapping

SELLS = ("Food and drink", "Fashion", "Home and gifts", "Health and beauty", "Services", "Something else")
COUNTRIES = ("Ireland", "United Kingdom", "Germany", "France", "Spain", "United States")
CHANNELS = ("Online", "In person", "Both")
VOLUMES = {"Under 1k": 1_000, "1k to 5k": 5_000, "5k to 20k": 20_000, "20k to 100k": 100_000, "Over 100k": float("inf")}
"""Band -> the amount a month below which it ends."""

PRODUCTS = {
    "Payment Links": "you send a link, your customer pays",
    "Checkout": "a payment page for your website",
    "Invoices": "invoices with a pay button",
    "Card Reader": "a small reader that works with your phone",
    "Terminal": "a till with a card machine",
    "Everywhere": "one account for your counter and your website",
    "Enterprise": "rates and terms of your own",
}


def fit_product(known: Mapping[str, str]) -> str:
    """Return the name of the product for what is known: `sells`, `channel` and `volume`."""
    small = known["volume"] in ("Under 1k", "1k to 5k")
    if known["volume"] == "Over 100k":
        return "Enterprise"
    if known["channel"] == "Both":
        return "Everywhere"
    if known["channel"] == "In person":
        return "Card Reader" if small else "Terminal"
    if known["sells"] == "Services":
        return "Invoices"
    return "Payment Links" if small else "Checkout"


def find_band(amount: float) -> str:
    """Return the band of an amount a month."""
    return next(band for band, end in VOLUMES.items() if amount < end)
