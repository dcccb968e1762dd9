"""An API server of one's own, with nothing around it: etcd and kube-apiserver on loopback, and a client for them."""

from .client import Answer, Client, until
from .run import Identities, Programs, api_server, is_well, store

__all__ = ["Answer", "Client", "Identities", "Programs", "api_server", "is_well", "store", "until"]
