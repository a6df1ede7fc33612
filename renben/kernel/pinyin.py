"""Pinyin keys of names, for sorting and for search by initials (no database here knows Chinese collation).

Surnames are read as surnames (单 shàn, 仇 qiú), given names character by character; the results are stored with the person and
may be corrected by hand.
"""

import re
from functools import lru_cache

from .textnorm import clean_name, split_surname

_PARTS = re.compile(r"[A-Za-z0-9]+|[^\s·'\-\x00-\x7f]")

_SURNAMES = {
    surname: reading.split("-")
    for surname, reading in (
        pair.split(":")
        for pair in (
            "单:shan 仇:qiu 曾:zeng 解:xie 查:zha 区:ou 朴:piao 任:ren 盖:ge 乐:yue 覃:qin 翟:zhai 华:hua 纪:ji 缪:miao 员:yun "
            "贠:yun 种:chong 晁:chao 逄:pang 乜:nie 黑:he 佴:nai 折:she 祭:zhai 繁:po 召:shao 秘:bi 冼:xian 洗:xian 长:chang "
            "那:na 哈:ha 能:nai 宓:mi 都:du 句:gou 车:che 柏:bai 燕:yan 宁:ning 麴:qu 葛:ge 石:shi 薄:bo 逯:lu 谌:chen 臧:zang "
            "炅:gui 昝:zan 过:guo 郗:xi 尉:wei 阚:kan 於:yu 应:ying 曲:qu 訾:zi 粘:nian 钭:tou 仉:zhang 幺:yao 么:yao 隗:wei 牟:mu "
            "庹:tuo 卜:bu 干:gan 占:zhan 相:xiang 令:ling 沈:shen 行:xing 重:chong 冯:feng 丁:ding 莘:shen 褚:chu 俞:yu 尹:yin "
            "尉迟:yu-chi 万俟:mo-qi 长孙:zhang-sun 澹台:tan-tai 单于:chan-yu 令狐:ling-hu 鲜于:xian-yu 宰父:zai-fu 亓官:qi-guan "
            "乐正:yue-zheng"
        ).split()
    )
}


def pinyin_key(name: str) -> str:
    """The full pinyin of a name, lower case, syllables apart by one space ("shan xiong xin"): sorts names in pinyin order.

    Letters stay (lower case); characters without a known reading stay as they are and sort last. Empty for an empty name.
    """
    return " ".join(_syllables(clean_name(name)))


def pinyin_plain(name: str) -> str:
    """The full pinyin without spaces ("shanxiongxin"), as people type it into a search box."""
    return "".join(_syllables(clean_name(name)))


def initials(name: str) -> str:
    """The first letter of every syllable ("sxx"), for search."""
    return "".join(syllable[0] for syllable in _syllables(clean_name(name)))


@lru_cache(maxsize=65536)
def _syllables(name: str) -> tuple[str, ...]:
    """The reading of a cleaned name; a run of Latin letters is one syllable."""
    surname, rest = split_surname(name)
    reading = _SURNAMES.get(surname)
    words = list(reading) if reading else []
    for part in _PARTS.findall(rest if reading else name):
        words.extend([part.lower()] if part.isascii() else _character(part))
    return tuple(words)


@lru_cache(maxsize=32768)
def _character(char: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # slow to load, and most commands never need it

    return tuple(lazy_pinyin(char))
