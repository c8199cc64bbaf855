"""docs/reference/warnings.md explains every code that a person can meet, and no other."""

import re
from pathlib import Path

import pytest
from notice_codes import Codes, codes_in, module_of, modules

PAGE = (Path(__file__).parent.parent / "docs" / "reference" / "warnings.md").read_text(
    encoding="utf-8"
)
SECTIONS = dict(re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def found() -> Codes:
    """What is found in the whole program; read once, and not by who only lists the tests."""
    return codes_in(list(modules()))


def codes_of(*texts: str) -> Codes:
    """What is found in modules of this source."""
    return codes_in([module_of(f"m{n}.py", text) for n, text in enumerate(texts)])


def test_every_place_that_makes_a_notice_names_its_code(found):
    assert [] == found.unnamed


def test_every_code_has_a_section_and_no_section_outlives_its_code(found):
    assert set(SECTIONS) == set(found.severities)


@pytest.mark.parametrize("code", sorted(SECTIONS))
def test_the_section_of_a_code_gives_its_severity_and_a_reason(found, code):
    severity, _, reason = SECTIONS[code].partition(".* ")

    assert {severity.removeprefix("*")} == found.severities[code]
    assert severity in ("*error", "*warning", "*note")
    assert len(reason.split()) >= 10


def test_a_code_has_one_section():
    assert len(SECTIONS) == PAGE.count("\n### ")


@pytest.mark.parametrize(
    ("source", "severities"),
    [
        ("Notice(code='a-b', message='')", {"a-b": {"warning"}}),
        ("Notice(message='', code='a-b', severity='note')", {"a-b": {"note"}}),
        (
            "Notice(code='a' if x else 'b', severity='error' if x else 'note')",
            {"a": {"error", "note"}, "b": {"error", "note"}},
        ),
        (
            "def f(code, message): g(Notice(code=code, severity='note'))\nf('a-b', 'text')",
            {"a-b": {"note"}},
        ),
        (
            (
                "class C:\n def f(self, code, severity='error'): Notice(code=code, severity=severity)\n"
                " def g(self): self.f('a'); self.f('b', 'note'); self.f('c', severity='warning')"
            ),
            {"a": {"error"}, "b": {"note"}, "c": {"warning"}},
        ),
        ("@FEED.rule('error', RSS)\ndef feed_self(root): yield ''", {"feed-self": {"error"}}),
    ],
)
def test_a_code_is_found_wherever_it_is_named(source, severities):
    found = codes_of(source)

    assert severities == found.severities
    assert [] == found.unnamed


def test_a_function_that_hands_codes_on_is_followed_into_other_modules():
    assert {"a-b": {"warning"}} == codes_of("f('a-b')", "def f(code): Notice(code=code)").severities


@pytest.mark.parametrize(
    "source",
    [
        "Notice(code=codes[0], message='')",
        "Notice(code=f'cover-{what}', message='')",
        "[Notice(code=code, message=text) for code, text in found]",
        "Notice(**facts)",
        "def f(code): Notice(code=code)\nf(codes.get(1))",
        "replace(notice, code='other')",
    ],
)
def test_a_code_that_cannot_be_read_from_the_source_is_reported(source):
    assert codes_of(source).unnamed
