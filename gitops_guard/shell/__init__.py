"""Shell text -> the commands it would run, with their words, lines and pipes; the only package that knows tree-sitter.

Text that is only printed, quoted, commented or fed to other programs is no command; a heredoc, a string or a pipe that a
shell executes is. Nothing is run. What the parser can't read is in `Script.errors`, never left out silently.
"""

from __future__ import annotations

from .prefixes import program
from .reader import Command, Script, Unreadable, parse
from .words import Marks

__all__ = ["Command", "Marks", "Script", "Unreadable", "parse", "program"]
