"""What stands on each slip, pure: a print job to a Document, with no printer in sight."""

from kiosk.layouts.code_slip import code_slip
from kiosk.layouts.jobs import lay_out
from kiosk.layouts.letterhead import Letterhead

__all__ = ["Letterhead", "code_slip", "lay_out"]
