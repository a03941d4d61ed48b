"""What an office's note says has become of somebody. In doubt they are expected: whoever is only missed is asked for at
the door, and nobody asks for whom a list took for gone."""

import re
from collections.abc import Sequence

from kiosk.model import Status

_KIN = "配偶|丈夫|妻子?|爱人|老伴|父亲?|母亲?|户主|儿子?|女儿?|子女|公公?|婆婆?|先生"
_SAYS: Sequence[tuple[Status, str, str]] = (
    (
        Status.DIED,
        "死亡|去世|已故|亡故|过世|身故",
        f"未(死亡|去世|过世)|({_KIN})[^,;。]{{0,6}}(死亡|去世|已故|亡故|过世|身故)",
    ),
    (
        Status.MOVED,
        "迁出|搬走|搬离|已搬|外出|人户分离|空挂|空户|不在本地|出国|服役|[在去]外地|外地([工打务上读就居]|$)",
        "[未没无非][^,;。]?(迁出|搬|外出|人户分离|空挂|空户|出国)|返回|[已又](返|回(?!老家))|已归|回来|退役|[原曾]服役",
    ),
    (
        Status.HOME_VISIT,
        "上门(?!登记|核实|核查|排查|通知|走访)|入户(采|做|检|核酸)|[需要]入户|卧床|行动不便|瘫痪",
        "([不无]需?用?|未|非)(上门|入户|卧床|行动不便|瘫痪)",
    ),
    (
        Status.EXEMPT,
        "免采|免检|豁免|不满[3三]周?(岁|$)|(?<![0-9一二三四五六七八九十])[3三]周?岁以下|禁忌",
        "([无没非不]有?|未)(禁忌|免采|免检|豁免)",
    ),
)
"""The words that say it, and those that say the opposite or speak of somebody else."""
_WORDS = [(status, re.compile(says), re.compile(denies)) for status, says, denies in _SAYS]


def status_of(notes: str) -> Status:
    said = (status for status, says, denies in _WORDS if says.search(notes) and not denies.search(notes))
    return next(said, Status.EXPECTED)
