"""gitops-guard: a policy and validation engine for GitOps configuration repositories."""

__version__ = "0.1.0"
