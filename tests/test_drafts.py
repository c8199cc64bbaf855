"""A column that says of itself that it is a draft is not published by a slip."""

import json

import pytest
from builders import files_of

from columncast.episodes.columns import read_column
from columncast.episodes.columns.extract import extract

BODY = "\n\nThe ferry left at noon, and nobody on the quay could say who had paid for the crate.\n"
DRAFTS = {
    "draft": "---\ntitle: The Piano\ndraft: true\n---",
    "quoted": '---\ntitle: The Piano\ndraft: "yes"\n---',
    "underscore": "---\ntitle: The Piano\n_draft: true\n---",
    "published": "---\ntitle: The Piano\npublished: false\n---",
    "publish": "---\ntitle: The Piano\npublish: no\n---",
    "status": "---\ntitle: The Piano\nstatus: Draft\n---",
    "pending": "---\ntitle: The Piano\npost_status: pending\n---",
    "private": "---\ntitle: The Piano\nvisibility: private\n---",
    "TOML": '+++\ntitle = "The Piano"\ndraft = true\n+++',
    "JSON": '{\n  "title": "The Piano",\n  "draft": true\n}',
    "JSON between lines": ';;;\n{"title": "The Piano", "status": "draft"}\n;;;',
    "MultiMarkdown": "Title: The Piano\nStatus: draft",
}
READY = {
    "draft": "---\ntitle: The Piano\ndraft: false\n---",
    "published": "---\ntitle: The Piano\npublished: true\n---",
    "published on": "---\ntitle: The Piano\npublished: 2026-01-05\n---",
    "status": "---\ntitle: The Piano\nstatus: published\n---",
    "JSON": '{"title": "The Piano", "draft": false, "description": null}',
    "prose": "# The Piano\n\nDraft: true is what they called it.",
}


@pytest.mark.parametrize("kind", DRAFTS)
def test_a_draft_says_so(tmp_path, kind):
    path = tmp_path / "column.md"
    path.write_text(DRAFTS[kind] + BODY)

    column = read_column(path)

    assert column.draft
    assert "The Piano" == column.title
    assert ["draft-post"] == [notice.code for notice in column.notices]


@pytest.mark.parametrize("kind", READY)
def test_what_is_ready_is_no_draft(tmp_path, kind):
    path = tmp_path / "column.md"
    path.write_text(READY[kind] + BODY)

    column = read_column(path)

    assert not column.draft
    assert "The Piano" == column.title


@pytest.mark.parametrize("name", ["_drafts/column.md", "_draft-column.md"])
def test_a_draft_by_its_place(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"# The Piano{BODY}")

    assert read_column(path).draft


def test_add_refuses_a_draft_in_one_line_and_changes_nothing(columncast, show, take, tmp_path):
    column = tmp_path / "column.md"
    column.write_text(DRAFTS["draft"] + BODY)
    before = files_of(show.root)

    result = columncast("add", take, column, "--date", "2026-01-05T06:00Z")

    assert 3 == result.code
    assert result.err.startswith(
        "Error: column.md: the column is a draft (front matter, draft: true)"
    )
    assert 1 == result.err.count("\n")
    assert "--force" in result.err
    assert before == files_of(show.root)


def test_a_forced_draft_is_published_and_warned_of(columncast, show, take, tmp_path):
    column = tmp_path / "column.md"
    column.write_text(DRAFTS["status"] + BODY)

    result = columncast("add", take, column, "--date", "2026-01-05T06:00Z", "--force")

    assert 0 == result.code, result.err
    assert "draft-post" in result.err
    assert 0 == columncast("build").code


def test_edit_refuses_a_draft_as_well(columncast, one_episode, tmp_path):
    column = tmp_path / "new.md"
    column.write_text(DRAFTS["draft"] + BODY)
    slug = "what-the-masons-left"
    before = files_of(one_episode.root)

    result = columncast("edit", slug, "--column", column)

    assert 3 == result.code
    assert "new.md: the column is a draft" in result.err
    assert before == files_of(one_episode.root)


def test_a_draft_that_is_taken_out_of_an_export_stays_one(columncast, show, take, tmp_path):
    post = {"title": "The Piano", "slug": "the-piano", "html": f"<p>{BODY}</p>", "status": "draft"}
    export = tmp_path / "ghost.json"
    export.write_text(json.dumps({"db": [{"data": {"posts": [post]}}]}))

    (post,) = extract(export, ["the-piano"], tmp_path / "columns")

    assert post.column.draft
    assert read_column(post.path).draft
    assert 3 == columncast("add", take, post.path).code
    assert 3 == columncast("add", take, export, "--post", "the-piano").code
