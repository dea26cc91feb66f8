"""What all tests share: one profile for hypothesis, without deadlines, since the machine may be busy."""

from hypothesis import settings

from tests.device.options import pytest_addoption, pytest_configure
from tests.device.report import pytest_terminal_summary

__all__ = ["pytest_addoption", "pytest_configure", "pytest_terminal_summary"]

settings.register_profile("sparekey", deadline=None, print_blob=True)
settings.load_profile("sparekey")
