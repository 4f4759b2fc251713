"""Settings for every test."""

import os

from hypothesis import settings

# CI tries the same examples every time, so that a red run means a change; at a desk each run
# looks somewhere new.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("desk", deadline=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
