"""That this file is here puts tests/parity on the path: for ``import parity``."""
