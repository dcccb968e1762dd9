"""A command with many options -> its `--help`, in which they stand together by what they are about."""

from __future__ import annotations

import click

_FEW = 8
"""Options that need no headings."""
_COLUMN = 30
"""Where explanations begin, at most."""
_LAST = "The run"
_GROUPS = {
    "What is written": ("target", "output", "install", "image", "signing_key", "signing_alg", "signing_key_id", "verify"),
    "What is compared": ("base", "staged", "context", "kubeconfig", "in_cluster", "cluster_names", "server_side", "live",
                         "live_complete", "show_ignored", "rbac"),
    "Rules": ("policies", "folders", "no_builtin_policies", "chosen", "ignored", "pattern", "kubernetes_version",
              "schema_locations", "engine", "opa_url", "opa_ca_file"),
    "What is reported": ("format_", "reports", "fail_on", "fail_under", "exit_code", "baseline", "write_baseline"),
    "The repository": ("config_file", "root", "allowed", "allow_remote"),
}


class Command(click.Command):
    """A command whose help has headings where it has many options."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options: each group in the order of the table above, then what is in none."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        rows = {str(param.name): record for param in options if (record := param.get_help_record(ctx)) is not None}
        if len(rows) <= _FEW:
            super().format_options(ctx, formatter)
            return
        column = min(max(len(first) for first, _help in rows.values()), _COLUMN)
        grouped = {name for names in _GROUPS.values() for name in names}
        rest = tuple(name for name in rows if name not in grouped)
        for title, names in (*_GROUPS.items(), (_LAST, rest)):
            # Padded alike, all explanations begin in one column.
            found = [(rows[name][0].ljust(column), rows[name][1]) for name in names if name in rows]
            if found:
                with formatter.section(title):
                    formatter.write_dl(found, col_max=column)
