"""A kubeconfig's context, or the pod that we run in -> a client that is logged in."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..deadline import within
from ..errors import ToolError, UsageError

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

LOGIN_SECONDS = 120.0
"""How long a login program of the kubeconfig may take; some open a browser."""
_COMPLAINT = 300
_MISSING = re.compile(r"Expected object with name (\S+) in \S*?(context|cluster|user)s list\Z")


class AccessError(Exception):
    """There is no way into the cluster; the message is one line, `remedy` says what to do."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True)
class Access:
    """Which cluster, and as whom."""

    kubeconfig: tuple[str, ...] = ()
    """Its files, as KUBECONFIG lists them; none: the service account of the pod that we run in."""
    context: str | None = None
    """None: the current one of the kubeconfig."""

    def outside(self, root: Path) -> Access:
        """The same, where no file of it lies in the repository that is checked. Raises UsageError.

        A kubeconfig names programs that log in, and whoever opens a pull request would choose what is run.
        """
        for path in self.kubeconfig:
            for place in (Path(os.path.abspath(path)), Path(os.path.realpath(path))):
                if place.is_relative_to(root) or place.is_relative_to(os.path.realpath(root)):
                    raise UsageError(f"the kubeconfig {path!r} lies in the repository that is checked, and may run any program: "
                                     "keep it elsewhere, and name it with --kubeconfig or KUBECONFIG")
        return self


def log_in(access: Access) -> ApiClient:
    """A client for the cluster, without having asked it anything. Raises AccessError, or ToolError without the package."""
    config, configuration = _package()
    late = AccessError(f"the login program of the kubeconfig gave no answer within {LOGIN_SECONDS:g} s",
                       "log in by hand once, and start again")
    with _complaints() as complaints, within(LOGIN_SECONDS, late):
        try:
            if access.kubeconfig:
                config.load_kube_config(os.pathsep.join(access.kubeconfig), context=access.context,
                                        client_configuration=configuration, persist_config=False)
            else:
                config.load_incluster_config(client_configuration=configuration)
        except AccessError:
            raise
        except config.ConfigException as error:
            raise _no_way(access, str(error)) from None
        except Exception:  # noqa: BLE001 (whatever the package makes of a file that is no kubeconfig)
            raise _no_way(access, "") from None
    if complaints:
        raise AccessError("the login program of the kubeconfig failed: " + " ".join(complaints[0].split())[:_COMPLAINT],
                          "call kubectl with the same context, which runs the same program")
    import kubernetes.client  # noqa: PLC0415 (a third of a second)
    import urllib3  # noqa: PLC0415

    if not configuration.verify_ssl:  # the kubeconfig says so; the warning would name a file of urllib3 for each request
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    return kubernetes.client.ApiClient(configuration)


def _package() -> tuple[Any, Any]:
    """The package's configuration module, and an empty configuration."""
    try:
        import kubernetes.client  # noqa: PLC0415 (an extra, and a third of a second)
        import kubernetes.config  # noqa: PLC0415
    except ImportError:
        raise ToolError("reading a cluster needs the package kubernetes: pip install 'gitops-guard[cluster]'") from None
    configuration = kubernetes.client.Configuration()
    configuration.connection_pool_maxsize = 16
    return kubernetes.config, configuration


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """What the package logs in the block: a login program that fails is an error to it that nobody raises."""
    found: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.ERROR:
                found.append(record.getMessage())

    root, keeper = logging.getLogger(), Keeper()
    root.addHandler(keeper)
    try:
        yield found
    finally:
        root.removeHandler(keeper)


def _no_way(access: Access, why: str) -> AccessError:
    """The package's own words only where they are known: some quote an entry of the file with its token."""
    if not access.kubeconfig:
        return AccessError(f"this is no pod with a service account: {' '.join(why.split()).rstrip('.')}",
                           "name a kubeconfig with --kubeconfig or KUBECONFIG")
    if missing := _MISSING.search(why):
        said = f"it has no {missing[2]} {missing[1]!r}"
    elif "No configuration found" in why:
        said = "there is no such file"
    elif why.startswith("File does not exist: "):
        said = f"a file that it names is not there: {why.partition(': ')[2]}"
    else:
        said = "it is none, or incomplete"
    return AccessError(f"the kubeconfig gives no access: {said}", "kubectl config get-contexts lists the contexts there are")
