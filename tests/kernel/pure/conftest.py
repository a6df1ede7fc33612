"""Property tests here have no time limit per example: the machine is shared, and the first computed year loads a library."""

from hypothesis import settings

settings.register_profile("pure", deadline=None, max_examples=100)
settings.load_profile("pure")
