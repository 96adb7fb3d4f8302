"""A group of commands that live in modules of their own, read when they are asked for."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click
from typing_extensions import override


class Gathered(click.Group):
    """`modules`: the name of each command and the module whose `command` it is."""

    def __init__(self, *args: Any, modules: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.modules = {
            name: module for name, module in (modules or {}).items() if find_spec(module)
        }

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *self.modules])

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.modules:
            return super().get_command(ctx, cmd_name)
        found: click.Command = import_module(self.modules[cmd_name]).command
        return found
