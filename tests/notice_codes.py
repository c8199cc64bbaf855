"""Every code that a notice can have, read from the source of every module.

A notice is made by `Notice(code=…)`, by a function that hands its own parameter `code` on to one
that makes notices, or by a rule: a function that a book of rules holds, whose name is its code.
"""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
RULE_MAKER = "feed/rules/book.py"
"""Where a book makes a notice of a rule; the code is the name of the rule's function."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Maker:
    """Something to call that makes notices: the type itself, or a function that hands `code` on."""

    parameters: list[str]
    defaults: dict[str, ast.expr] = field(default_factory=dict)
    severity: ast.expr | None = None
    """What the function says of the severity; None where it leaves that to the type."""


Makers = dict[tuple[str, str], Maker]
"""By module and name; for use in any other module, by name alone."""


@dataclass
class Codes:
    """What was found: the severities of each code, and the places that name no code."""

    severities: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    unnamed: list[str] = field(default_factory=list)


@dataclass
class Module:
    name: str
    tree: ast.Module
    calls: list[ast.Call] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    inside: dict[ast.Call, Function] = field(default_factory=dict)
    """The function around each call."""

    def __post_init__(self) -> None:
        self._walk(self.tree, None)

    def _walk(self, node: ast.AST, around: Function | None) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                self.calls.append(child)
                if around:
                    self.inside[child] = around
            within = around
            if isinstance(child, Function):
                self.functions.append(child)
                within = child
            self._walk(child, within)

    def made(self, makers: Makers) -> Iterator[tuple[ast.Call, Maker]]:
        """Every call of a maker; of two that have one name, this module's own."""
        for call in self.calls:
            here, elsewhere = (self.name, name_of(call.func)), ("", name_of(call.func))
            if maker := makers.get(here) or makers.get(elsewhere):
                yield call, maker


def modules() -> Iterator[Module]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    for package in settings["packages"]:
        for path in sorted(ROOT.joinpath(*package.split(".")[1:]).glob("*.py")):
            yield module_of(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))


def module_of(name: str, text: str) -> Module:
    return Module(name=name, tree=ast.parse(text))


def name_of(called: ast.expr) -> str:
    match called:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def argument(call: ast.Call, maker: Maker, name: str) -> ast.expr | None:
    """Return what *call* gives for the parameter *name*; its default where it gives nothing."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    at = maker.parameters.index(name) if name in maker.parameters else len(call.args)
    return call.args[at] if at < len(call.args) else maker.defaults.get(name)


def literals(expression: ast.expr | None) -> list[str] | None:
    """Return the texts that *expression* can be; None where it is more than a choice of them."""
    match expression:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            both = literals(one), literals(other)
            return None if None in both else [text for texts in both for text in texts or ()]
    return None


def maker_of(function: Function, severity: ast.expr | None) -> Maker:
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args)]
    defaults = dict(zip(names[::-1], given.defaults[::-1], strict=False))
    defaults |= {
        one.arg: value
        for one, value in zip(given.kwonlyargs, given.kw_defaults, strict=True)
        if value is not None
    }
    if names[:1] == ["self"]:
        names = names[1:]
    return Maker(parameters=names, defaults=defaults, severity=severity)


def hands_on(module: Module, call: ast.Call, code: ast.expr | None) -> Function | None:
    """Return the function around *call* whose own parameter `code` is what it gives on."""
    function = module.inside.get(call)
    if function is None or not isinstance(code, ast.Name) or code.id != "code":
        return None
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return function if "code" in names else None


def makers_in(house: list[Module]) -> Makers:
    """Return everything that makes notices: the type, then what hands a code on to a maker."""
    makers: Makers = {("", "Notice"): Maker(parameters=[])}
    while True:
        before = set(makers)
        for module in house:
            for call, maker in list(module.made(makers)):
                if function := hands_on(module, call, argument(call, maker, "code")):
                    made = maker_of(function, argument(call, maker, "severity"))
                    makers |= {(module.name, function.name): made, ("", function.name): made}
        if before == set(makers):
            return makers


def severities_of(call: ast.Call, maker: Maker) -> list[str]:
    """Return the severities that *call* can give; the type's own where nobody names one."""
    given = argument(call, maker, "severity") or maker.severity
    return literals(given) or (["warning"] if given is None else [])


def codes_in(house: list[Module]) -> Codes:
    found = Codes()
    makers = makers_in(house)
    for module in house:
        for call, maker in module.made(makers):
            code = argument(call, maker, "code")
            named = literals(code)
            for text in named or ():
                found.severities[text] |= set(severities_of(call, maker))
            if not (named or hands_on(module, call, code) or module.name == RULE_MAKER):
                found.unnamed.append(f"{module.name}:{call.lineno}")
        found.unnamed += [f"{module.name}:{line}" for line in changed_codes(module)]
        for function in module.functions:
            for severity in rule_severities(function):
                found.severities[function.name.replace("_", "-")].add(severity)
    return found


def changed_codes(module: Module) -> Iterator[int]:
    """Yield the lines in which a notice would get another code than it was made with."""
    for call in module.calls:
        if name_of(call.func) == "replace":
            yield from (call.lineno for keyword in call.keywords if keyword.arg == "code")


def rule_severities(function: Function) -> Iterator[str]:
    """Return how bad it is to break the rule that *function* is; nothing where it is no rule."""
    for decorator in function.decorator_list:
        match decorator:
            case ast.Call(func=ast.Attribute(attr="rule"), args=[severity, *_]):
                yield from literals(severity) or ()
