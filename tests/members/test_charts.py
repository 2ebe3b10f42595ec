from core.japan.codes import PREFECTURES
from members.charts import LEVELS, PLACES, shares, tile_map, tiles
from members.choices import Category
from members.queries import Counts


def test_every_prefecture_has_a_place_of_its_own():
    assert set(PLACES) == {code for code, _name in PREFECTURES}
    assert len(set(PLACES.values())) == 47


def test_the_most_is_darkest_and_nothing_is_blank():
    found = {tile.code: tile.level for tile in tiles({"13": 100, "27": 1, "": 7})}
    assert (found["13"], found["27"], found["01"]) == (LEVELS, 1, 0)
    assert {tile.level for tile in tiles({})} == {0}


def test_shares_fill_the_bar():
    counts = Counts(dict(zip(Category, (150, 12, 95), strict=True)))
    assert [share.width for share in shares(counts)] == ["58.37%", "4.67%", "36.96%"]
    assert [share.start for share in shares(counts)] == ["0.00%", "58.37%", "63.04%"]
    assert {share.width for share in shares(Counts(dict.fromkeys(Category, 0)))} == {"0.00%"}


def test_only_tiles_with_members_lead_somewhere_and_keep_the_rest_of_the_question():
    drawn, rows = tile_map(tiles({"13": 2}), "?q=%26%22")
    assert drawn.count("<a ") == rows.count("<a ") == 1
    assert 'href="?q=%26%22&amp;prefecture=13"' in drawn
    assert 'href="?prefecture=13"' in tile_map(tiles({"13": 2}), "?")[0]
