"""Names that are loaded when they are first asked for, so that the import stays quick.

The language's own hook for it: a package's ``__getattr__`` is asked for names that the
package does not have (PEP 562).
"""

import importlib
import sys


def attach(package, homes):
    """``__getattr__``, ``__dir__`` and ``__all__`` for names that live elsewhere.

    Args:
        package: its ``__name__``.
        homes: module -> the names that it holds, separated by blanks; "." for modules
            that are themselves the names.
    """
    home = {name: module for module, names in homes.items() for name in names.split()}

    def __getattr__(name):
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        if home[name] == ".":
            return importlib.import_module(f"{package}.{name}")
        value = getattr(importlib.import_module(home[name]), name)
        setattr(sys.modules[package], name, value)  # from now on it is simply there
        return value

    return (
        __getattr__,
        lambda: sorted({*vars(sys.modules[package]), *home}),
        sorted(home),
    )
