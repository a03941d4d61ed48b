"""Where a kiosk's topics hang, as its configuration says."""

from kiosk.config import Config
from kiosk.messages import Address


def address_of(config: Config) -> Address:
    point = config.point
    return Address(point.region, point.round, point.point, point.kiosk)
