"""Korean particles, which follow from the sound that a word ends with; the length of an SMS."""

# Single letters and digits whose Korean names end with a consonant (엘, 엠, 엔, 알; 영, 일, …),
# and letters with which words are mostly read so (팀, 클럽, 팩).
_CLOSED = frozenset("LMNR013678lmnbckp")


def ends_closed(word: str) -> bool:
    """Whether a word ends with a consonant when it is read in Korean; brackets are not read.

    >>> [ends_closed(word) for word in ("쿠폰", "태그", "P", "LV1", "5%", "1,000P(30일)", "staff")]
    [True, False, False, True, False, False, False]
    """
    read = word
    while read.endswith(")") and "(" in read:
        read = read[: read.rindex("(")]
    last = read.rstrip("'\"’”·-_ ")[-1:]
    if "가" <= last <= "힣":
        return (ord(last) - ord("가")) % 28 > 0
    return last in _CLOSED or read.endswith("ng")


def object_of(word: str) -> str:
    """
    >>> object_of("쿠폰"), object_of("1,000P")
    ('쿠폰을', '1,000P를')
    """
    return word + ("을" if ends_closed(word) else "를")


def subject_of(word: str) -> str:
    """
    >>> subject_of("등급"), subject_of("회원 수")
    ('등급이', '회원 수가')
    """
    return word + ("이" if ends_closed(word) else "가")


def joined(words: list[str]) -> str:
    """Return words said one after another.

    >>> joined(["1,000P", "쿠폰", "태그"])
    '1,000P와 쿠폰과 태그'
    """
    said = [word + ("과" if ends_closed(word) else "와") for word in words[:-1]]
    return " ".join([*said, *words[-1:]])


def sms_bytes(text: str) -> int:
    """Return how long a text is as carriers count it: EUC-KR, two bytes for a syllable.

    >>> sms_bytes("인증번호 012345")
    15
    """
    return len(text.encode("cp949", "replace"))
