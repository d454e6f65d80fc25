"""JupyterLab as a learner starts it: ``dlcourse lab``, in a new folder."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

SETTINGS = {
    # Every cell is in the page, and not only those near the visible part.
    "notebook-extension/tracker": {"windowingMode": "none"},
}
CONFIG = {
    "ServerApp": {"ip": "127.0.0.1"},
    "LabApp": {"expose_app_in_browser": True},
}
# Where Jupyter would else find the settings, kernels and history of whoever runs this.
FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "IPYTHONDIR": "ipython",
}
PATIENCE = 60  # seconds for the server to answer


class ScratchLab:
    """A server on a free loopback port, in a process group of its own, until closed.

    Attributes: ``folder`` (the learner's), ``origin`` (http://host:port).
    """

    def __init__(self):
        self._scratch = tempfile.TemporaryDirectory(prefix="dlcourse-lab-")
        root = Path(self._scratch.name)
        self.folder = root / "lessons"
        for name, values in SETTINGS.items():
            file = root / "settings/@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))

        config = root / FOLDERS["JUPYTER_CONFIG_DIR"] / "jupyter_lab_config.json"
        config.parent.mkdir()
        config.write_text(json.dumps(CONFIG))

        port, self._token = _free_port(), secrets.token_hex(16)
        self.origin = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "dlcourse", "lab", str(self.folder)]
        command += [f"--port={port}", "--no-browser"]
        self._log = root / "lab.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=root,
                env=_learners_environment(root) | {"JUPYTER_TOKEN": self._token},
                start_new_session=True,
            )
        try:
            self._wait()
        except BaseException:
            self.close()
            raise

    def url(self, notebook):
        """The address that opens ``notebook`` alone, without yesterday's windows."""
        return f"{self.origin}/lab/tree/{notebook}?token={self._token}&reset"

    def close(self):
        """End the server and its kernels, and remove what they have written."""
        for ending in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, ending)
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                continue
            except ProcessLookupError:
                break
        self._process.wait()
        self._scratch.cleanup()

    def _wait(self):
        address, end = f"{self.origin}/api?token={self._token}", time.time() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(address, timeout=2) as answer:
                    answer.read()
                return
            except OSError:
                if self._process.poll() is not None or time.time() > end:
                    last = self._log.read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"JupyterLab does not answer:\n{last}") from None
                time.sleep(0.1)


def _learners_environment(root):
    """This process's, without the variables that hold for builds and tests."""
    ours = {"DLCOURSE_BUILD", "DLCOURSE_PROGRESS"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {name: str(root / folder) for name, folder in FOLDERS.items()}


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
