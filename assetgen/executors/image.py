"""One picture: asked for at the nearest size that its seller makes, delivered at exactly the size that was wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assetgen.catalog.models import Model
from assetgen.core.actions import JSON, ImageAction, Kind
from assetgen.core.context import ExecutionContext
from assetgen.core.costs import CostEstimate
from assetgen.core.offers import Offer, Seller
from assetgen.core.outcomes import Content
from assetgen.core.requests import ImageRequest
from assetgen.core.results import AssetResult, Generated, MadeFile, Making
from assetgen.core.validation import Finding, Severity, ValidationResult
from assetgen.dsl.actions import AssetImage
from assetgen.executors.pricing import range_of
from assetgen.executors.sizes import covering
from assetgen.media.pictures import Picture, fit, look, verify
from assetgen.settings import ImageDefaults

SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}
ORIGINAL = "original"


def with_style(prompt: str, suffix: str) -> str:
    """The prompt with the style's suffix, once."""
    suffix = suffix.strip().strip(",").strip()
    if not suffix or suffix.casefold() in prompt.casefold():
        return prompt
    return f"{prompt.rstrip().rstrip(',')}, {suffix}"


class ImageExecutor:
    """Makes `asset_image` actions."""

    kind = Kind.IMAGE

    def __init__(
        self,
        defaults: ImageDefaults,
        suffix: str,
        image_format: str,
        models: Mapping[str, Model],
        sellers: Callable[[str], tuple[Seller, ...]],
        *,
        reject_blank: bool = True,
    ) -> None:
        self._defaults = defaults
        self._suffix = suffix
        self._format = image_format
        self._models = models
        self._sellers = sellers
        self._blank = not reject_blank

    def prepare(self, declared: AssetImage) -> ImageAction:
        width, _, height = (declared.size or self._defaults.size).partition("x")
        return ImageAction(
            id=declared.id,
            prompt=declared.prompt,
            enhanced_prompt=with_style(declared.prompt, self._suffix),
            width=int(width),
            height=int(height),
            model=declared.model or self._defaults.model,
            seed=declared.seed,
            negative_prompt=declared.negative_prompt,
        )

    def fields(self, action: ImageAction) -> dict[str, JSON]:
        return {
            "prompt": action.enhanced_prompt,
            "size": f"{action.width}x{action.height}",
            "model": action.model,
            "seed": action.seed,
            "negative_prompt": action.negative_prompt,
            "image_format": self._format,
        }

    def outputs(self, action: ImageAction) -> tuple[str, ...]:
        return () if self._format == ORIGINAL else (_path(action.id, ".png"),)

    def needs(self, action: ImageAction) -> tuple[str, ...]:
        return ()

    def validate(self, action: ImageAction) -> ValidationResult:
        return ValidationResult((*self._wrong_size(action), *self._dropped(action)))

    def sellers(self, action: ImageAction) -> tuple[Seller, ...]:
        return self._sellers(action.model)

    def requests(self, action: ImageAction, offer: Offer) -> tuple[ImageRequest, ...]:
        width, height = covering(offer.sizes, action.width, action.height)
        seed = action.seed if "seed" in offer.takes else None
        negative = action.negative_prompt if "negative_prompt" in offer.takes else None
        request = ImageRequest(offer.sold_as, action.enhanced_prompt, width, height, seed, negative, self._blank)
        return (request,)

    def estimate_cost(self, action: ImageAction) -> CostEstimate:
        return range_of((seller.offer, self.requests(action, seller.offer)) for seller in self.sellers(action))

    async def execute(self, action: ImageAction, context: ExecutionContext) -> AssetResult:
        (bought,) = await context.produce()
        wanted = None if self._format == ORIGINAL else f"image/{self._format}"
        picture, (file,) = await context.publish(_derive, bought, action, wanted)
        metadata: dict[str, JSON] = {
            "width": picture.width,
            "height": picture.height,
            "model": bought.purchase.model,
            "provider": bought.purchase.provider,
            "prompt": action.prompt,
            "enhanced_prompt": action.enhanced_prompt,
            "seed": action.seed,
            "degraded": bought.degraded,
        }
        return AssetResult(action.id, file.url, metadata, bought.paid, files=(file,))

    def _wrong_size(self, action: ImageAction) -> list[Finding]:
        model = self._models.get(action.model)
        sizes = model.sizes if model else None
        if sizes is None or all(sizes.smallest <= side <= sizes.largest for side in (action.width, action.height)):
            return []
        message = (
            f"`{action.model}` makes pictures with sides of {sizes.smallest} to {sizes.largest} pixels, "
            f"not {action.width}x{action.height}"
        )
        return [Finding("limit", message, ("size",), help="choose a size within these limits, such as 1024x768")]

    def _dropped(self, action: ImageAction) -> list[Finding]:
        """A setting that the model's first seller doesn't know is a warning, not silence."""
        sellers = self.sellers(action)
        given = {"seed": action.seed, "negative_prompt": action.negative_prompt}
        return [
            Finding(
                "setting_dropped",
                f"`{name}` has no effect: `{sellers[0].offer.provider}` does not take it for `{action.model}`",
                (name,),
                Severity.WARNING,
            )
            for name, value in given.items()
            if value is not None and sellers and name not in sellers[0].offer.takes
        ]


def _path(identifier: str, suffix: str) -> str:
    return f"images/{identifier}{suffix}"


def _derive(bought: Generated, action: ImageAction, media_type: str | None) -> Making[Picture]:
    """The picture as it is delivered; what is delivered as it came was verified and hashed when it was bought."""
    data = bought.content.data
    known = _verified(bought.content) or look(data)
    delivered = fit(data, action.width, action.height, media_type, known=known)
    as_it_came = delivered is data
    picture = known if as_it_came else verify(delivered, reject_blank=False)
    path, digest = _path(action.id, SUFFIXES[picture.media_type]), bought.digest if as_it_came else ""
    return Making((MadeFile(path, delivered, picture.media_type, digest),), picture)


def _verified(content: Content) -> Picture | None:
    """What was seen when it was bought, if that was just now."""
    if content.width is None or content.height is None:
        return None
    return Picture(content.media_type, content.width, content.height)
