"""What is shown of a name and of contact data before somebody says what they need it for."""


def masked_name(name: str) -> str:
    """Return a name that its owner knows and nobody else.

    >>> [masked_name(each) for each in ("김단골", "남궁민수", "이수", "강", "Kim Dangol")]
    ['김*골', '남**수', '이*', '*', 'K********l']
    """
    if len(name) < 3:
        return f"{name[:-1]}*"
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def masked_phone(phone: str) -> str:
    """
    >>> masked_phone("+821012345678"), masked_phone("+14155550132")
    ('010-****-5678', '***-0132')
    """
    return f"010-****-{phone[-4:]}" if phone.startswith("+8210") else f"***-{phone[-4:]}"


def masked_email(address: str) -> str:
    """
    >>> masked_email("dangol@mail.example")
    'd***@mail.example'
    """
    user, _, domain = address.partition("@")
    return f"{user[:1]}***@{domain}"
