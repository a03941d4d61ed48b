"""Test side: whoever imports picamera2 gets the real one, with the far end in it. First on the path."""

import sys
from pathlib import Path

sys.path = [each for each in sys.path if Path(each) != Path(__file__).parent]
del sys.modules["picamera2"]

import far_end  # noqa: E402 - it imports the real one

far_end.install()
