"""What the demo brand sells: boots, and what goes with them."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Article:
    """One product: prices in won, of one piece."""

    sku: str
    name: str
    category: str
    price: int
    cost: int
    complements: tuple[str, ...] = ()
    upgrades: tuple[str, ...] = ()

    def definition(self) -> dict[str, Any]:
        """Return what the catalogue is told of it."""
        return {
            "name": self.name,
            "category": self.category,
            "price": self.price,
            "cost": self.cost,
            "complements": list(self.complements),
            "upgrades": list(self.upgrades),
        }


BOOT_CARE = ("CREAM-01", "BRUSH-02", "LACE-03", "INSOLE-04", "TREE-06")

BOOTS = (
    Article(
        "BOOT-100", "데일리 첼시 부츠", "boots", 129_000, 52_000,
        complements=BOOT_CARE, upgrades=("BOOT-200", "BOOT-300"),
    ),
    Article(
        "BOOT-200", "웰트 워커 부츠", "boots", 219_000, 88_000,
        complements=BOOT_CARE, upgrades=("BOOT-300",),
    ),
    Article("BOOT-300", "장인 핸드메이드 부츠", "boots", 389_000, 171_000, complements=BOOT_CARE),
    Article(
        "SNEAK-110", "가죽 스니커즈", "shoes", 89_000, 36_000, complements=("LACE-03", "INSOLE-04")
    ),
)  # fmt: skip
CARE = (
    Article("CREAM-01", "구두 크림", "care", 12_900, 3_900),
    Article("BRUSH-02", "말털 브러시", "care", 18_000, 6_200),
    Article("LACE-03", "왁스 코튼 끈", "care", 6_500, 1_200),
    Article("INSOLE-04", "메모리폼 깔창", "care", 15_900, 4_800),
    Article("SPRAY-05", "방수 스프레이", "care", 14_500, 4_500),
    Article("TREE-06", "삼나무 슈트리", "care", 32_000, 12_500),
    Article("SOCK-07", "울 양말", "socks", 9_800, 2_900),
    Article("BELT-08", "소가죽 벨트", "leather", 59_000, 24_000),
)
GOODS = (*BOOTS, *CARE)
