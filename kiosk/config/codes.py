"""Health and registration codes, and whose signatures are trusted."""

from typing import Annotated, Any, Literal, Self

from kiosk.config.judge import Field, field_validator, model_validator
from kiosk.config.shapes import ShapeTable, free_shape
from kiosk.config.values import (
    AbsolutePath,
    CodePattern,
    Host,
    JsonPath,
    Level,
    Parameter,
    Prefix,
    TomlTable,
    unclashing,
)
from kiosk.credentials.forms import RESERVED_NAMES


class _CodeTable(TomlTable):
    """One kind of health or registration code; the name keeps its tokens apart from those of others."""

    name: Level

    @field_validator("name")
    @classmethod
    def _is_free(cls, name: str) -> str:
        if name in RESERVED_NAMES:
            raise ValueError(f"{name} is the name of a document", "Take another")
        return name


class NumberCodeTable(_CodeTable):
    kind: Literal["number"]
    digits: Annotated[int, Field(ge=4, le=64)]

    @field_validator("digits")
    @classmethod
    def _is_free_number(cls, digits: int) -> int:
        unclashing(f"[0-9]{{{digits}}}")
        return digits


class PlainCodeTable(_CodeTable, ShapeTable):
    """The whole text is the token, as with a pattern."""

    kind: Literal["plain"]

    @model_validator(mode="before")
    @classmethod
    def _without_pattern(cls, given: Any) -> Any:
        return _said_in_one_way(given)

    @model_validator(mode="after")
    def _is_free_shape(self) -> Self:
        free_shape(self)
        return self


class PatternCodeTable(_CodeTable):
    kind: Literal["pattern"]
    pattern: CodePattern

    @model_validator(mode="before")
    @classmethod
    def _without_shape(cls, given: Any) -> Any:
        return _said_in_one_way(given)


def _said_in_one_way(given: Any) -> Any:
    also = next((key for key in ("prefix", "alphabet", "length") if key in given and "pattern" in given), None)
    if also is not None:
        fix = 'Keep the pattern with kind = "pattern", or the others with kind = "plain"'
        raise ValueError(f"pattern and {also} both say which texts fit", fix)
    return given


class UrlCodeTable(_CodeTable):
    """`field` is a parameter of the query. A URL is never opened."""

    kind: Literal["url"]
    host: Host
    field: Parameter


class JsonCodeTable(_CodeTable):
    """`field` is a path with dots, such as `data.id`."""

    kind: Literal["json"]
    field: JsonPath


class CwtCodeTable(_CodeTable):
    """`claim` is a number of RFC 8392 or of the issuer, or a text."""

    kind: Literal["cwt"]
    prefix: Prefix
    encoding: Literal["base45", "base64url"] = "base45"
    claim: int | str
    keys_file: AbsolutePath

    @field_validator("claim", mode="before")
    @classmethod
    def _number_or_text(cls, claim: object) -> object:
        if isinstance(claim, bool) or not isinstance(claim, int | str) or claim == "":
            raise ValueError("names no claim", 'Write its number, such as 2, or its name in quotes, such as "who"')
        return claim


CodeTable = Annotated[
    NumberCodeTable | PlainCodeTable | PatternCodeTable | UrlCodeTable | JsonCodeTable | CwtCodeTable,
    Field(discriminator="kind"),
]


class CertificatesTable(TomlTable):
    """Whose signatures the point trusts. Without its file, such a certificate cannot be checked and is refused."""

    dcc_trust_list: AbsolutePath | None = None
    """Certificates or public keys, PEM or DER, of the signers of EU Digital COVID Certificates."""
    shc_key_set: AbsolutePath | None = None
    """A JWK set of the issuers of SMART Health Cards."""
