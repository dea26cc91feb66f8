"""What all tests share: one profile for hypothesis that measures no time, since the machine may be busy."""

from hypothesis import HealthCheck, settings

from tests.device.options import pytest_addoption, pytest_configure
from tests.device.report import pytest_terminal_summary

__all__ = ["pytest_addoption", "pytest_configure", "pytest_terminal_summary"]

settings.register_profile(
    "sparekey", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("sparekey")
