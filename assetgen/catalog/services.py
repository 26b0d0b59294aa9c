"""The services as a user meets them: keys, addresses, accounts, limits."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from assetgen.core.offers import Service

CHARGEABLE_ATTEMPTS = 3
"""How often one purchase may be billed at worst: no service promises that an answer of 500 is free, and it is
asked again at most twice."""

_ALL = (
    Service(
        "together",
        keys=("TOGETHER_API_KEY", "TOGETHERAI_API_KEY"),
        base_url_variable="TOGETHER_BASE_URL",
        base_url="https://api.together.ai/v1",
        account="https://api.together.ai/settings/api-keys",
        # The documented base rate of a new account. It moves with use, and is enforced by the second:
        # https://docs.together.ai/docs/rate-limits
        requests_per_minute=60,
    ),
    Service(
        "replicate",
        keys=("REPLICATE_API_TOKEN",),
        base_url_variable="REPLICATE_BASE_URL",
        base_url="https://api.replicate.com/v1",
        account="https://replicate.com/account/api-tokens",
        # Creating predictions; far less for an account with little credit, which its 429 then says:
        # https://replicate.com/docs/topics/predictions/rate-limits
        requests_per_minute=600,
        # A model that nobody used for a while has to be loaded first.
        timeout=300.0,
    ),
    Service(
        "openai",
        keys=("OPENAI_API_KEY",),
        base_url_variable="OPENAI_BASE_URL",
        base_url="https://api.openai.com/v1",
        account="https://platform.openai.com/api-keys",
        # A large picture of high quality takes two minutes.
        timeout=300.0,
        # The rate depends on the account's tier; its answers tell.
        requests_per_minute=None,
    ),
    Service(
        "google",
        keys=("GOOGLE_API_KEY", "GOOGLE_TTS_API_KEY"),
        base_url_variable="GOOGLE_TTS_BASE_URL",
        base_url="https://texttospeech.googleapis.com/v1",
        account="https://console.cloud.google.com/apis/credentials",
        # The quota of the Chirp voices, the smallest one that is documented:
        # https://docs.cloud.google.com/text-to-speech/quotas
        requests_per_minute=200,
    ),
)

SERVICES: Mapping[str, Service] = MappingProxyType({service.name: service for service in _ALL})
