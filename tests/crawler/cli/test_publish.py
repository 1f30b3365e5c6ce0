import json

from tests.db.factories import article, make_database
from tests.website import invoke


def run(folder, *arguments):
    return invoke("publish", *arguments, "--data", str(folder))


def test_publishing_says_how_many_articles_went_where(tmp_path):
    make_database(tmp_path / "galen.db", article("Sleep well"))
    first = run(tmp_path)
    assert first.exit_code == 0
    assert first.stdout.startswith(f"Published 1 article as {tmp_path / 'public' / 'galen-1.db'} (")
    assert "Nothing has changed since" in run(tmp_path).stdout


def test_json_tells_a_new_snapshot_from_an_old_one(tmp_path):
    make_database(tmp_path / "galen.db", article("Sleep well"))
    assert [json.loads(run(tmp_path, "--json").stdout)[key] for key in ("new", "rows", "number")] == [True, 1, 1]
    assert json.loads(run(tmp_path, "--json").stdout)["new"] is False


def test_without_a_crawl_there_is_nothing_to_publish(tmp_path):
    result = run(tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"galen: There is no crawl database at {tmp_path / 'galen.db'}. Run: galen crawl\n"


def test_the_data_folder_comes_from_the_environment_too(tmp_path, monkeypatch):
    make_database(tmp_path / "galen.db", article("Sleep well"))
    monkeypatch.setenv("GALEN_DATA", str(tmp_path))
    assert invoke("publish").exit_code == 0
