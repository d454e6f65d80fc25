"""That this file is here puts tests/ on the path: for ``import against_torch``."""
