"""Invented names, in the frequencies one meets; no list of real people stands behind them."""

from __future__ import annotations

import random

SURNAMES = (
    ("王" * 9 + "李" * 9 + "张" * 8 + "刘" * 7 + "陈" * 5 + "杨" * 4 + "赵" * 4 + "孙" * 3 + "马" * 3 + "高" * 3)
    + "周吴徐胡朱林何郭罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文单仇解"
)
COMPOUND = ("欧阳", "司马", "上官", "尉迟")
MALE = "建国志强伟军勇杰涛明超辉鹏飞刚平华东海波斌峰磊洋宇浩然俊博文凯林春生福贵德全永和立新保民长顺"
FEMALE = "秀英丽敏静艳娟霞桂兰玉梅红燕玲芳萍云淑珍雪莲慧洁琳婷颖欣怡雨佳彤美华春凤翠爱琴"
STREET_WORDS = ("幸福", "建新", "顺平", "石园", "裕龙", "滨河", "双兴", "西辛", "怡馨", "站前", "义宾", "前进")
TRADES = (
    "机械制造",
    "汽车零部件",
    "食品",
    "物流",
    "印刷包装",
    "服装",
    "物业管理",
    "商贸",
    "电子科技",
    "建筑工程",
    "园林绿化",
    "餐饮管理",
)
FIRM_WORDS = (
    "顺达",
    "京华",
    "空港",
    "燕兴",
    "鑫隆",
    "瑞丰",
    "百合",
    "永顺",
    "恒泰",
    "北方",
    "双河",
    "金穗",
    "天成",
    "宏远",
    "安泰",
)


def full_name(rng: random.Random, sex: str) -> str:
    surname = rng.choice(COMPOUND) if rng.random() < 0.003 else rng.choice(SURNAMES)
    pool = MALE if sex == "M" else FEMALE
    return surname + rng.choice(pool) + (rng.choice(pool) if rng.random() < 0.72 else "")


def firm_name(rng: random.Random, serial: int) -> str:
    return f"北京{rng.choice(FIRM_WORDS)}{rng.choice(TRADES)}有限公司" + (
        f"第{serial}分公司" if serial % 9 == 0 else ""
    )


def phone(rng: random.Random) -> str:
    return f"1{rng.choice(('38', '39', '36', '50', '58', '86'))}{rng.randrange(10**8):08d}"
