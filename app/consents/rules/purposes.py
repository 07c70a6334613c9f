"""For what a brand may ask a member's consent, each on its own."""

SERVICE = "warranty_service"
GUARDIAN = "guardian"
MARKETING = "marketing_pi"
NIGHT = "ad_night"

PURPOSES = (
    SERVICE,
    "pi_optional",
    MARKETING,
    "ad_sms",
    "ad_kakao",
    "ad_email",
    "ad_push",
    NIGHT,
    "third_party",
    "overseas",
    GUARDIAN,
)
LANGUAGES = ("ko", "en")

# The channels a message may take, and the consent that advertising on each needs
# (Network Act, article 50).
CHANNELS = {"sms": "ad_sms", "kakao": "ad_kakao", "email": "ad_email", "push": "ad_push"}
ADVERTISING = frozenset({*CHANNELS.values(), NIGHT})
