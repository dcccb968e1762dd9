"""What the GitHub Action runs: what happened on GitHub -> a `gitops-guard check`, and its report -> outputs and a summary."""
