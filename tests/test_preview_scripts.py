"""The scripts of the preview: modules for a browser, one text for a file."""

import re
from collections import Counter

import pytest

from columncast.episodes.text.template import shipped
from columncast.feed.preview.scripts import PACKAGE, in_one_text, modules


@pytest.mark.parametrize("name", modules())
def test_a_module_comes_after_all_that_it_needs(name):
    order = modules()
    needed = re.findall(r'from "\./([\w-]+\.js)"', shipped(PACKAGE, name))

    assert [] == [other for other in needed if order.index(other) > order.index(name)]


def test_no_two_modules_of_a_file_give_the_same_name():
    text = in_one_text()
    names = Counter(re.findall(r"^(?:async )?(?:function|const|let) (\w+)", text, re.MULTILINE))

    assert [] == [name for name, times in names.items() if times > 1]
    assert not re.search(r"^(import|export) ", text, re.MULTILINE)


def test_a_file_for_others_talks_to_no_server():
    text = in_one_text()

    assert "EventSource" not in text
    assert "POST" not in text
