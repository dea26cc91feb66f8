"""What all tests share: one profile for hypothesis that measures no time, since the machine may be busy."""

import os
import signal

from hypothesis import HealthCheck, settings

from tests.device.options import pytest_addoption, pytest_configure
from tests.device.report import pytest_terminal_summary

__all__ = ["pytest_addoption", "pytest_configure", "pytest_terminal_summary"]

settings.register_profile(
    "sparekey", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("sparekey")

# a shell starts what runs in its background with Ctrl-C ignored, and a test's children would inherit that
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# nohup ignores SIGHUP for all below: these tests go on ignoring it, their children have it as from a terminal
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda _number, _frame: None)

# what tests read from programs has no colours in it, though they be wished for in pytest's own words
os.environ.pop("FORCE_COLOR", None)
