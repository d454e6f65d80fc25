"""JupyterLab on a learner's folder."""

import errno
import os
import socket
import sys
import webbrowser
from pathlib import Path

from dlcourse.start.problem import Problem

__all__ = ["check_port", "homes", "open_lab"]

FIRST_LESSON = "00_start_here.ipynb"
CONFIG = Path(__file__).with_name("jupyter")  # no question about Jupyter's news
WINDOWS = os.name == "nt"


def check_port(port):
    """Raise :class:`Problem` where nothing can listen at ``port`` on this computer."""
    other = port + 1 if 1024 <= port < 65535 else 8889
    again = f"dlcourse lab --port {other} (in a clone: make lab PORT={other})"
    if not 0 < port < 65536:
        raise Problem(f"{port} is no port: take one from 1024 to 65535: {again}")
    for family, kind, protocol, _, address in socket.getaddrinfo(
        "localhost", port, type=socket.SOCK_STREAM
    ):
        try:
            with socket.socket(family, kind, protocol) as probe:
                if not WINDOWS:  # there it would let two programs share the port
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Problem(
                    f"Port {port} is in use, perhaps by a JupyterLab that is still "
                    f"open. Close that one, or take another port: {again}"
                ) from None
            if error.errno == errno.EACCES:
                raise Problem(
                    f"Port {port} is not open to you: take another port: {again}"
                ) from None
            # An address family that this computer does not have: Jupyter skips it too.


def has_browser():
    """Whether JupyterLab can open a window here, not only a text browser."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def homes(place):
    """Where Jupyter, IPython and Matplotlib may write: {}, or if not in the home folder
    these variables, for folders below ``place``.
    """
    home = Path(os.path.expanduser("~"))
    if home.is_dir() and os.access(home, os.W_OK):
        return {}
    names = (
        "JUPYTER_CONFIG_DIR",
        "JUPYTER_DATA_DIR",
        "JUPYTER_RUNTIME_DIR",
        "IPYTHONDIR",
        "MPLCONFIGDIR",
    )
    return {name: str(place / name.lower()) for name in names}


def environment():
    """What JupyterLab and its kernels find in their environment."""
    settings = dict(os.environ)
    # The course's matrices are small: on a busy computer more threads only wait.
    settings.setdefault("OMP_NUM_THREADS", "1")
    # A kernel called python3 in the home folder may belong to another environment.
    settings.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    # A terminal opened in JupyterLab finds the course's Python first.
    for name, first in (
        ("PATH", Path(sys.executable).parent),
        ("JUPYTER_CONFIG_PATH", CONFIG),
    ):
        rest = filter(None, [settings.get(name)])
        settings[name] = os.pathsep.join([str(first), *rest])
    return settings


def open_lab(folder, port, browser=True):
    """Open JupyterLab in ``folder`` on the first lesson; it returns when that ends."""
    os.environ.update(environment())
    if instead := homes(folder / ".settings"):
        os.environ.update(instead)
        print(f"Your home folder can't be written: settings are in {folder}.")
    options = [
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--LabApp.default_url=/lab/tree/{FIRST_LESSON}",
        "--Application.log_level=WARN",
        # On a computer with several people, nobody listens; and Jupyter does not warn.
        "--KernelManager.transport_encryption=auto",
    ]
    if not (browser and has_browser()):
        print("No browser is opened here: open one of the addresses below in yours.")
        print(f"From another computer, first: ssh -L {port}:localhost:{port} this-one")
        options.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # in a container everybody is root
    print("JupyterLab runs until you press Ctrl-C here.", flush=True)

    from jupyterlab.labapp import LabApp  # long to load, and only wanted here

    LabApp.launch_instance(options)
