"""Which domains exist. Modules of rules register themselves when imported; the caller says which modules to import,
because the engine knows no business (layers: engines never import services)."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from .errors import CatalogueError, NoSuchDomain
from .inputs import Input


@dataclass(frozen=True)
class Domain:
    """One question the engine can answer.

    ``compute(reader, **arguments)`` is pure. For a vectorised domain every argument is an array (or None when an optional input
    is absent) and the answer a dict of arrays of the same length; otherwise scalars in, scalars out. Output keys:
    ``*_fen`` becomes yuan without the suffix in a determination; ``failed:<code>`` flags become the list ``failed`` (any other
    ``<list>:<code>`` likewise); ``no_standard`` flags rows without a standard on file. ``explain(reader, arguments, answer)`` returns the parts in Chinese.
    """

    name: str
    label: str
    basis: str
    inputs: tuple[Input, ...]
    compute: Callable[..., dict[str, Any]]
    explain: Callable[..., list[Any]] | None = None
    vectorised: bool = True
    one_of: bool = False

    @property
    def module(self) -> str:
        """Dotted path of the module that owns the rule."""
        return self.compute.__module__


_domains: dict[str, Domain] = {}


def register(domain: Domain) -> Domain:
    """Make a domain known; CatalogueError when another module holds the name or the arguments do not match the inputs."""
    held = _domains.get(domain.name)
    if held is not None and held.module != domain.module:
        raise CatalogueError(f"判定 {domain.name} 已由 {held.module} 登记。")
    wanted = [item.argument for item in domain.inputs]
    takes = list(inspect.signature(domain.compute).parameters)[1:]
    if takes != wanted:
        raise CatalogueError(f"判定 {domain.name} 的函数参数 {takes} 与输入项 {wanted} 不一致。")
    _domains[domain.name] = domain
    return domain


def rule(
    name: str,
    *,
    label: str,
    basis: str,
    inputs: tuple[Input, ...],
    explain: Callable[..., list[Any]] | None = None,
    vectorised: bool = True,
    one_of: bool = False,
) -> Callable[[Callable[..., dict[str, Any]]], Callable[..., dict[str, Any]]]:
    """Register a pure function as a domain and leave it callable as it is. ``one_of``: at least one input must be given."""

    def take(compute: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        register(Domain(name, label, basis, inputs, compute, explain, vectorised, one_of))
        return compute

    return take


def load_domains(modules: Iterable[str]) -> None:
    """Import the rule modules by dotted name; CatalogueError for a name that resolves to nothing."""
    for module in modules:
        try:
            importlib.import_module(module)
        except ModuleNotFoundError as error:
            raise CatalogueError(f"找不到规则模块 {module}（{error.name}）。") from error


def get(name: str) -> Domain:
    """The domain of a name, or NoSuchDomain."""
    try:
        return _domains[name]
    except KeyError:
        raise NoSuchDomain(name) from None


def names() -> list[str]:
    """All registered domain names, sorted."""
    return sorted(_domains)
