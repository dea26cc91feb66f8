"""What all tests share: one profile for hypothesis, without deadlines, since the machine may be busy."""

from hypothesis import settings

settings.register_profile("sparekey", deadline=None, print_blob=True)
settings.load_profile("sparekey")
