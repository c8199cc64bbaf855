"""The column's own file as the page edits it: what the editor leaves alone keeps its very bytes."""

from __future__ import annotations

import codecs
import shutil

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from preview_builders import COLUMN, SLUG, make_show

from columncast.episodes.errors import BusyError, ColumnError, ConflictError, UsageError
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.feed.preview import column_file, former
from columncast.feed.preview.column_file import edited, opened

FRONT = "---\r\ntitle: Café\r\n---\r\n"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("column-file")
    (folder / "tone.mp3").write_bytes(b"\xff\xfb" + bytes(range(256)) * 20)
    make_show(folder / "show", folder / "tone.mp3")
    return folder / "show"


@pytest.fixture
def folder(template, tmp_path):
    shutil.copytree(template, tmp_path / "show")
    return ShowFolder(tmp_path / "show")


@pytest.fixture
def column(folder):
    return folder.episodes / SLUG / "column.md"


def test_what_is_not_changed_is_written_as_it_was():
    content = b"\xef\xbb\xbf---\r\ntitle: A\r\n---\r\n\rOne \xe9.\nTwo  \t\n\n\nThree"

    assert content == edited(opened(content), opened(content).text)


@given(st.binary(max_size=80))
@example(b"\r\n\r\r\n\n")
@example(b"caf\xe9\xc3\xa9\n\x81\x8d")
def test_any_bytes_that_are_opened_come_back(content):
    try:
        known = opened(content)
    except ColumnError:
        return

    assert content == edited(known, known.text)


@pytest.mark.parametrize(
    ("bom", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (b"", "cp1252"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_word_that_is_changed_is_the_only_change(bom, encoding, end):
    before = bom + f"{FRONT}Für “Ida”.{end}Two.{end}".encode(encoding)

    after = edited(opened(before), opened(before).text.replace("Two", "Zwölf"))

    assert after == before.replace("Two".encode(encoding), "Zwölf".encode(encoding))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_new_line_ends_as_the_lines_around_it(end):
    before = end.join([b"One", b"Two", b""])

    after = edited(opened(before), "One\nOne and a half\nTwo\n")

    assert end.join([b"One", b"One and a half", b"Two", b""]) == after


def test_a_line_of_the_other_encoding_stays_though_its_neighbour_changes():
    before = b"caf\xe9\ncaf\xc3\xa9\nlast\n"

    after = edited(opened(before), opened(before).text.replace("last", "first"))

    assert b"caf\xe9\ncaf\xc3\xa9\nfirst\n" == after


def test_a_letter_that_the_encoding_lacks_is_refused():
    with pytest.raises(ColumnError, match="Windows-1252, which has no '≠'"):
        edited(opened(b"caf\xe9\n"), "café ≠\n")


def test_a_long_column_that_is_changed_all_over_is_written_at_once():
    before = "\n".join(f"line {n}" for n in range(20_000)).encode()

    after = edited(opened(before), "\n".join(f"verse {n}" for n in range(20_000)))

    assert after == before.replace(b"line", b"verse")


# --- saving -------------------------------------------------------------------------------------


def opened_text(folder):
    return column_file.read(folder.episode(SLUG))


def test_a_save_is_written_and_can_be_undone(folder, column):
    before = column.read_bytes()
    text, basis = opened_text(folder)

    assert column_file.save(folder.root, SLUG, text.replace("eleven", "twelve"), basis=basis)

    assert before.replace(b"eleven", b"twelve") == column.read_bytes()
    assert "the column" == former.last_save(folder, SLUG)
    assert "the column" == former.undo(folder, SLUG)
    assert before == column.read_bytes()
    assert "" == former.last_save(folder, SLUG)


def test_saves_are_undone_one_after_the_other(folder, column):
    for word in ("twelve", "thirteen", "fourteen"):
        text, basis = opened_text(folder)
        changed = text.replace("eleven", word).replace("thirteen", word).replace("twelve", word)
        column_file.save(folder.root, SLUG, changed, basis=basis)

    for former_word in (b"thirteen", b"twelve", b"eleven"):
        former.undo(folder, SLUG)
        assert former_word in column.read_bytes()
    with pytest.raises(UsageError, match="no save to undo"):
        former.undo(folder, SLUG)


def test_a_save_of_nothing_new_changes_and_keeps_nothing(folder):
    text, basis = opened_text(folder)

    assert not column_file.save(folder.root, SLUG, text, basis=basis)
    assert "" == former.last_save(folder, SLUG)


def test_a_file_that_changed_meanwhile_stays(folder, column):
    text, basis = opened_text(folder)
    column.write_text(COLUMN + "Theirs.\n", encoding="utf-8")
    theirs = column.read_bytes()

    with pytest.raises(ConflictError, match=r"column\.md: was changed since it was opened"):
        column_file.save(folder.root, SLUG, text + "Mine.\n", basis=basis)

    assert theirs == column.read_bytes()


def test_undoing_never_takes_away_what_somebody_else_wrote(folder, column):
    text, basis = opened_text(folder)
    column_file.save(folder.root, SLUG, text + "Mine.\n", basis=basis)
    column.write_text(COLUMN + "Theirs.\n", encoding="utf-8")

    with pytest.raises(ConflictError, match="nothing was undone"):
        former.undo(folder, SLUG)

    assert "Theirs." in column.read_text(encoding="utf-8")


def test_a_text_that_cannot_be_read_is_refused_in_the_words_of_edit(folder, column):
    before = column.read_bytes()
    _, basis = opened_text(folder)

    with pytest.raises(ColumnError, match=r"column\.md line 2: .*quotes.*nothing was saved"):
        column_file.save(folder.root, SLUG, "---\ntitle: A: B\n---\nText.\n", basis=basis)

    assert before == column.read_bytes()
    assert [] == [path for path in column.parent.iterdir() if path.name[0] == "."]


def test_while_another_run_is_at_work_nothing_is_written(folder, column):
    text, basis = opened_text(folder)

    with folder.locked(), pytest.raises(BusyError):
        column_file.save(folder.root, SLUG, text + "Mine.\n", basis=basis)


def test_other_forms_say_where_they_are_edited(folder, column):
    column.rename(column.with_suffix(".docx"))

    with pytest.raises(UsageError, match=f"columncast edit {SLUG} --column FILE"):
        column_file.read(folder.episode(SLUG))


def test_a_column_that_leads_out_of_the_show_is_not_opened(folder, column, tmp_path):
    (tmp_path / "secret.md").write_text("Secret.", encoding="utf-8")
    column.unlink()
    column.symlink_to(tmp_path / "secret.md")

    with pytest.raises(Exception, match="leads out"):
        column_file.read(EpisodeFolder(path=column.parent))


def test_large_saves_push_out_older_ones_and_the_last_one_stays(folder, monkeypatch):
    monkeypatch.setattr(former, "KEPT_BYTES", 100)

    for number in range(3):
        text, basis = opened_text(folder)
        column_file.save(folder.root, SLUG, f"{text}{number}\n", basis=basis)

    assert 1 == len(list((folder.cache / "former" / SLUG).iterdir()))
    assert "the column" == former.undo(folder, SLUG)


def test_no_more_than_fifty_saves_are_kept(folder):
    for number in range(former.KEPT + 5):
        text, basis = opened_text(folder)
        column_file.save(folder.root, SLUG, f"{text}{number}\n", basis=basis)

    assert former.KEPT == len(list((folder.cache / "former" / SLUG).iterdir()))
