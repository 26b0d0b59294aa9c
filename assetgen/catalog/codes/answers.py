"""Failures that are a service's answer, or its silence."""

from __future__ import annotations

from assetgen.catalog.codes.explanation import Explanation, example

ANSWERS = (
    Explanation(
        code="content_refused",
        kind="failure",
        title="The service refuses to make this",
        what="The safety rules of the service stopped the prompt, or the picture that came of it. The same request "
        "would be refused again, and some services charge for a picture that they withhold, so it is neither repeated "
        "nor passed to the next service, and it is remembered.",
        next="Say it differently: describe what is seen rather than what is done, and leave out wounds, weapons and "
        "real people. A changed prompt is a new request and is sent at once. If you are sure that the refusal was a "
        "mistake, `--rebuy` asks once more.",
        example=example(
            """
            # before
            prompt: The drowned captain, his wounds still bleeding
            # after
            prompt: The pale captain in a dripping coat, seaweed on his shoulders
            """
        ),
    ),
    Explanation(
        code="invalid_request",
        kind="failure",
        title="The service doesn't accept the request",
        what="The service answered that a field is wrong: a size that it no longer makes, a voice that it doesn't "
        "have, a sentence that is too long. Nothing was made. Asking again would bring the same answer.",
        next="The message holds the service's own words. Change the field that it names, or let another service make "
        "it by putting that one first under `models:` in `assetgen.yaml`. If the request looks right to you, the "
        "service has changed: please report it.",
    ),
    Explanation(
        code="model_unavailable",
        kind="failure",
        title="The service doesn't serve this model to you",
        what="The model was retired, renamed, or isn't open to your account. The next service of the model's chain "
        "was asked, where there is one; this failure means that none was left.",
        next="`assetgen models` shows which service sells which model, and when a model ends. Choose another model, "
        "or another chain in `assetgen.yaml`.",
        example=example(
            """
            # assetgen.yaml
            models:
              flux-schnell: [replicate, {model: sdxl}]
            """
        ),
    ),
    Explanation(
        code="auth",
        kind="failure",
        title="A key is missing or refused",
        what="The service doesn't know the key, or the key may not do this. The service isn't asked again in this "
        "run; the others go on. A missing key is noticed before the first purchase.",
        next="`assetgen doctor` shows which keys are set and where each comes from. Keys are read from the "
        "environment and from an `.env` file beside `assetgen.yaml`, never from the actions file. To try things out "
        "without any key, add `--draft`.",
        example=example(
            """
            export OPENAI_API_KEY=…
            assetgen doctor actions.yaml
            assetgen run actions.yaml --draft
            """
        ),
    ),
    Explanation(
        code="quota",
        kind="failure",
        title="The account's money or quota is spent",
        what="The service says that your account has no credit left, or has reached the spending limit that was set "
        "for it. Waiting doesn't help, unlike with a rate limit, so the service isn't asked again in this run.",
        next="Add credit or raise the limit in the service's console, wait a few minutes, and run the same command "
        "again: what is finished comes from the cache and isn't paid for twice.",
    ),
    Explanation(
        code="rate_limited",
        kind="failure",
        title="The service asked for fewer requests, again and again",
        what="The account may send only so many requests in a minute. Each such answer slowed all requests to this "
        "service down and was waited for, but after several attempts this one still wasn't let through. Nothing was "
        "charged.",
        next="Run the same command again. If it happens often, set the account's real rate in `assetgen.yaml`, so "
        "that requests leave evenly from the start; new accounts are often held to a few a minute.",
        example=example(
            """
            # assetgen.yaml
            limits:
              replicate: {requests_per_minute: 6, concurrency: 1}
            """
        ),
    ),
    Explanation(
        code="service_error",
        kind="failure",
        title="The service failed while it worked on this",
        what="The service answered that something broke on its side. It was asked again a few times, then the next "
        "service of the chain. No service promises that such an attempt is free, so its price stays counted in the "
        "budget until that is known.",
        next="Run the same command again later. If one asset fails every time while others pass, its prompt or text "
        "troubles the service: change a few words.",
    ),
    Explanation(
        code="service_down",
        kind="failure",
        title="The service is overloaded or down",
        what="The service answered that it can't take requests now. That was waited for and tried again, and the next "
        "service of the chain was asked, where there is one. Nothing was charged.",
        next="Look at the service's status page, and run the same command again later. A second service in the "
        "model's chain would have taken over: see `models:` in `assetgen.yaml`.",
    ),
    Explanation(
        code="timeout",
        kind="failure",
        title="The service took too long",
        what="No answer came within the time that is allowed for this service. Where the request may have been seen, "
        "the outcome is unknown and held instead, so that nothing is paid for twice; here it is certain that nothing "
        "was made, or the work was called off.",
        next="Run the same command again. For a model that has to wake up first, allow more time.",
        example=example(
            """
            # assetgen.yaml
            timeouts: {replicate: 600}
            """
        ),
    ),
    Explanation(
        code="network",
        kind="failure",
        title="The service couldn't be reached",
        what="The name wasn't found, the connection was refused, or no secure connection came about. The request "
        "never left, so nothing was charged, and it was tried again a few times.",
        next="Check the connection, the proxy (`HTTPS_PROXY`, `NO_PROXY`), and any address that you set yourself, "
        "such as `OPENAI_BASE_URL`. `assetgen doctor` tries each service that your file needs.",
    ),
)
