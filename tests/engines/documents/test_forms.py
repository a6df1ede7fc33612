"""Every form of the catalogue prints: whole with full data, marked and listed where data are missing."""

from __future__ import annotations

import io

import pypdfium2
import pytest
import segno
from django.conf import settings
from PIL import Image

from renben.engines.documents import bench
from renben.engines.documents.formatting import prepare, titled
from renben.engines.documents.forms import FormError, FormTemplate, find_form, load_forms
from renben.engines.documents.typst_engine import Sheet, render, render_batch, render_png

SLUGS = sorted(path.stem for path in (settings.CATALOG_DIR / "forms").glob("*.yaml"))
PAYLOAD = "http://127.0.0.1:8000/check/c/110113202600001X/7K3M9QX2ABCD"


def pages_of(pdf: bytes) -> list[str]:
    """Text of each page without white space; soft hyphens of line breaks out."""
    book = pypdfium2.PdfDocument(pdf)
    try:
        texts = []
        for number in range(len(book)):
            page = book[number]
            words = page.get_textpage()
            texts.append(bare(words.get_text_range()))
            words.close()
            page.close()
        return texts
    finally:
        book.close()


def bare(text: str) -> str:
    return "".join(text.split()).replace("\ufffe", "").replace("\u00ad", "")


def shown(value) -> list[str]:
    """The texts a prepared value must leave on paper."""
    if isinstance(value, dict):
        return value["options"] if "options" in value else [text for text in value.values() if text]
    if isinstance(value, list):
        return [text for row in value for text in shown(row)]
    return [value] if value else []


@pytest.mark.parametrize("slug", SLUGS)
def test_full_data_print_whole(slug):
    form = find_form(slug)
    number = "110113W2026112300001X"
    done = render(form, form.example(), number=number, qr_payload=PAYLOAD if form.qr else "")
    text = "".join(pages_of(done.pdf))
    assert done.gaps == [] and "待补" not in text
    values, _ = prepare(form, form.example())
    lost = [one for value in values.values() for one in shown(value) if bare(one) not in text]
    assert lost == [], f"{form.name} 没有印出：{lost}"
    assert bare(titled(form, values)) in text and "第1页共" in text
    if form.qr:
        assert PAYLOAD.rsplit("/", 1)[1] in text


@pytest.mark.parametrize("slug", SLUGS)
def test_missing_data_are_marked_and_listed(slug):
    form = find_form(slug)
    wanted = [field.label for field in form.filled_fields if field.required]
    done = render(form, {})
    text = "".join(pages_of(done.pdf))
    assert done.gaps == wanted
    assert text.count("〔待补〕") >= len(wanted)
    assert f"本件尚缺{len(wanted)}项" in text
    assert all(bare(label) in text for label in wanted)


@pytest.mark.parametrize("slug", SLUGS)
def test_one_missing_fact_is_the_only_gap(slug):
    form = find_form(slug)
    field = next(field for field in form.filled_fields if field.required)
    data = {name: value for name, value in form.example().items() if name != field.name}
    assert render(form, data).gaps == [field.label]


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if find_form(slug).qr])
def test_the_printed_qr_code_is_that_of_the_payload(slug):
    """Module by module: the picture on the page against the matrix of the payload."""
    form = find_form(slug)
    matrix = [bytes(row) for row in segno.make(PAYLOAD, error="m", micro=False, boost_error=False, mask=4).matrix]
    with_code = render(form, form.example(), qr_payload=PAYLOAD).pdf
    found = qr_matrix(with_code, len(matrix))
    assert found == matrix
    other = render(form, form.example(), qr_payload=PAYLOAD[:-1] + "Z").pdf
    assert qr_matrix(other, len(matrix)) != matrix


def qr_matrix(pdf: bytes, size: int) -> list[bytes]:
    """Sample the QR code of the page where its three finder patterns stand."""
    book = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(len(book)):
            page = book[number]
            picture = page.render(scale=4).to_pil().convert("L")
            page.close()
            if (box := finder_box(picture)) is not None:
                left, top, module = box
                return [
                    bytes(
                        picture.getpixel((int(left + (x + 0.5) * module), int(top + (y + 0.5) * module))) < 128
                        for x in range(size)
                    )
                    for y in range(size)
                ]
    finally:
        book.close()
    raise AssertionError("没有找到二维码")


def finder_box(picture: Image.Image) -> tuple[float, float, float] | None:
    """Left, top and module width of the code, from the first row of its upper finder patterns: a solid bar of 7 modules."""
    width, height = picture.size
    dark = picture.point(lambda p: 255 if p < 128 else 0).tobytes()
    for y in range(height):
        row = dark[y * width : (y + 1) * width]
        start = row.find(b"\xff" * 20)
        while start >= 0:
            end = row.find(b"\x00", start)
            end = width if end < 0 else end
            module = (end - start) / 7
            if 3 <= module <= 20 and is_finder(dark, width, height, start, y, module):
                return start, y, module
            start = row.find(b"\xff" * 20, end)
    return None


def is_finder(dark: bytes, width: int, height: int, left: int, top: int, module: float) -> bool:
    pattern = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
    for row, bits in enumerate(pattern):
        for column, bit in enumerate(bits):
            x, y = int(left + (column + 0.5) * module), int(top + (row + 0.5) * module)
            if x >= width or y >= height or (dark[y * width + x] == 255) != (bit == "1"):
                return False
    return True


def test_every_catalogued_form_is_covered():
    assert set(load_forms()) == set(SLUGS) and len(SLUGS) >= 12


@pytest.mark.parametrize(
    "name", ["《失业登记申请审核表》", "失业登记申请审核表", "unemployment_registration_application"]
)
def test_a_form_is_found_by_each_of_its_names(name):
    assert find_form(name).name == "失业登记申请审核表"


def test_an_unknown_form_is_told():
    with pytest.raises(FormError, match="没有名为"):
        find_form("并不存在的表")


def test_text_is_never_markup():
    form = find_form("失业登记申请审核表")
    nasty = '#panic("x") *粗* $x$ <end-0> @ref \\ // 注'
    text = pages_of(render(form, {**form.example(), "last_employer": nasty}).pdf)[0]
    assert bare(nasty) in text


def test_values_that_do_not_fit_are_named():
    form = find_form("失业登记申请审核表")
    with pytest.raises(FormError, match="没有这些字段：surname"):
        render(form, {"surname": "王"})
    with pytest.raises(FormError, match="出生日期"):
        render(form, {"birth_on": "昨天"})
    with pytest.raises(FormError, match="户口性质"):
        render(form, {"hukou_kind": "未知"})


def test_a_gap_inside_rows_names_row_and_column():
    form = find_form("失业登记申请审核表")
    rows = [{"material": "身份证复印件", "copies": 1}, {"material": "证明"}]
    done = render(form, {**form.example(), "materials": rows})
    assert done.gaps == ["提交材料第2行：份数"]
    assert "〔待补〕" in pages_of(done.pdf)[0]


def test_each_line_of_a_letter_is_a_letter_of_its_own():
    """就业登记催告书: who gets one reads no other name on it, and each counts its own pages."""
    form = find_form("就业登记催告书")
    lines = [
        {"name": f"刘建{n}", "employer": f"北京第{n}机械有限公司", "months": 2 + n, "addressee": "本人"}
        for n in range(3)
    ]
    pages = pages_of(render(form, {**form.example(), "urged": lines}).pdf)
    assert len(pages) == 3
    for n, page in enumerate(pages):
        assert f"刘建{n}" in page and f"连续{2 + n}个月" in page and "第1页共1页" in page
        assert not any(f"刘建{other}" in page for other in range(3) if other != n)
    missing = {name: value for name, value in form.example().items() if name != "urged"}
    done = render(form, missing)
    assert done.gaps == ["催告的人员"] and "〔待补〕" in pages_of(done.pdf)[0]


def test_a_blank_of_a_line_names_a_column_of_the_table():
    content = find_form("就业登记催告书").model_dump()
    content["fields"] = [f | {"source_fact": "each.nobody"} if f["name"] == "person" else f for f in content["fields"]]
    with pytest.raises(ValueError, match="明细表没有这些列：nobody"):
        FormTemplate(**content)


def test_tables_add_up():
    form = find_form("北京市城镇登记失业人员统计月报")
    rows = [{"street": f"{n}街道", "opening": 100 + n, "added": n, "removed": 1, "closing": 1200 + n} for n in range(3)]
    text = pages_of(render(form, {**form.example(), "streets": rows}).pdf)[0]
    assert "合计303333603" in text
    money = find_form("领取失业保险金人员基本情况表")
    people = [money.example()["people"][0] | {"fen": fen} for fen in (215600, 50)]
    assert "2,156.50" in pages_of(render(money, {**money.example(), "people": people}).pdf)[0]


def test_a_title_holds_what_is_known():
    form = find_form("顺义区人力资源和社会保障局关于申请XX年XX季度职业指导培训补贴的请示")
    assert "关于申请2026年第四季度职业指导培训补贴的请示" in pages_of(render(form, form.example()).pdf)[0]
    assert "XX" not in pages_of(render(form, {}).pdf)[0]


def test_a_batch_keeps_order_page_numbers_and_gaps():
    form = find_form("失业登记申请审核表")
    people = [f"王秀兰{n:02d}" for n in range(23)]
    sheets = [Sheet({**form.example(), "name": name}, number=f"N{n:03d}") for n, name in enumerate(people)]
    del sheets[7].data["phone"]
    done = render_batch(form, sheets)
    pages = pages_of(done.pdf)
    assert len(pages) == 23
    assert all(name in page and "第1页共1页" in page for name, page in zip(people, pages, strict=True))
    assert [n for n, gaps in enumerate(done.gaps) if gaps] == [7] and done.gaps[7] == ["联系电话"]
    with pytest.raises(FormError):
        render_batch(form, [])


def test_a_long_form_counts_its_own_pages():
    form = find_form("失业登记申请审核表")
    rows = [{"material": f"第{n}份材料", "copies": 1} for n in range(120)]
    pages = pages_of(render(form, {**form.example(), "materials": rows}).pdf)
    assert len(pages) > 1
    assert all(f"第{n}页共{len(pages)}页" in page for n, page in enumerate(pages, 1))


def test_the_same_data_give_the_same_file():
    form = find_form("受理回执")
    assert render(form, form.example()).pdf == render(form, form.example()).pdf


def test_preview_is_an_a4_picture():
    (page,) = render_png("受理回执", find_form("受理回执").example())
    width, height = Image.open(io.BytesIO(page)).size
    assert abs(height / width - 297 / 210) < 0.01


def test_rare_characters_of_names_are_in_the_font():
    form = find_form("受理回执")
    field = next(field for field in form.filled_fields if field.source_fact == "person.name")
    assert "𬱖䶮" in "".join(pages_of(render(form, {**form.example(), field.name: "王𬱖䶮"}).pdf))


def test_bench_measures():
    figures = bench.run(count=3)
    assert figures.keys() == {"batch_seconds", "single_seconds", "file_mb"} and figures["file_mb"] > 0
