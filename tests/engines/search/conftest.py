"""A source of a few dozen posts in memory, indexed in a temporary place."""

from __future__ import annotations

import pytest

from renben.engines.search import changes, searching, sources
from renben.engines.search.sources import Document, SearchSource

TITLES = (
    ("包装工", "食品车间装箱打包，两班倒", "6-31-05-00", "110113003001", 5000),
    ("食品包装工", "流水线作业", "6-31-05-00", "110113003002", 5500),
    ("包装设计师", "设计产品外包装", "4-08-08-09", "110113001001", 9000),
    ("仓库保管员", "货物包装和出入库登记", "4-02-06-01", "110113104201", 4800),
    ("保洁员", "打扫楼道", "4-09-08-01", "110113003001", 3500),
    ("小区保洁", "清扫道路", "4-09-08-01", "110113002001", 3600),
    ("客房清洁工", "整理房间", "4-03-01-02", "110113002001", 3900),
    ("电焊工（急聘）", "持证上岗", "6-18-02-04", "110113104201", 8000),
    ("银行大堂经理", "接待客户", "4-05-01-02", "110113001001", 7000),
    ("Java 工程师", "spring，双休", "2-02-10-03", "110113001002", 15000),
    ("C++开发", "嵌入式", "2-02-10-03", "110113001002", 16000),
)


class Shelf:
    """The rows of the test source: key -> document; what stands here is what a rebuild reads."""

    def __init__(self) -> None:
        self.rows = {key: self.document(key, *row) for key, row in enumerate(TITLES, start=1)}

    @staticmethod
    def document(key: int, title: str, text: str, code: str, region: str, wage: int) -> Document:
        codes = {"occupation": (code[:4], code[:7], code), "region": (region[:6], region[:9], region)}
        return Document(key, title, text, codes, {"wage": wage})

    def source(self) -> SearchSource:
        return SearchSource(
            name="posts",
            rows=lambda: iter(list(self.rows.values())),
            row_of=lambda keys: [self.rows[key] for key in keys if key in self.rows],
            count=lambda: len(self.rows),
            codes=("occupation", "region"),
            numbers=("wage",),
        )


@pytest.fixture
def shelf(db, settings, tmp_path, monkeypatch):
    settings.SEARCH_DIR = tmp_path
    monkeypatch.setattr(sources, "_sources", {})
    monkeypatch.setattr(searching, "_readers", {})
    shelf = Shelf()
    sources.register(shelf.source())
    return shelf


@pytest.fixture
def posts(shelf):
    """Asks the source and gives titles instead of keys."""

    def ask(text="", **more):
        answer = searching.search("posts", searching.Ask(text, **more))
        return [shelf.rows[key].title for key in answer.keys], answer

    return ask


@pytest.fixture
def folder(shelf):
    """Where the files of the index are."""
    return changes.store_of("posts").folder
