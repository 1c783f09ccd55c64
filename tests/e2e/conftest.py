import os
import sys

sys.path.insert(0, os.path.dirname(__file__))

from fixtures import installation, machine_before, pytest_configure  # noqa: E402, F401
