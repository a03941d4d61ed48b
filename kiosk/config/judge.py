"""pydantic, which judges the tables, without its plugins: to find that there are none it asks every package installed.

Its private module that looks for them is left out; a release without such a module only starts more slowly. The limits
of values that it takes from annotated_types are frozen dataclasses, and compile as ours do: when they are used.
decisions: The start
"""

import sys
from types import ModuleType

from kiosk.frozen import compiled_when_used

_LOADER = "pydantic.plugin._loader"
_none = ModuleType(_LOADER)
vars(_none)["get_plugins"] = tuple
sys.modules.setdefault(_LOADER, _none)

with compiled_when_used():
    import annotated_types  # noqa: F401 - for pydantic, before it

from pydantic import (  # noqa: E402 - not before its plugins are left out
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

__all__ = [
    "AfterValidator",
    "BaseModel",
    "ConfigDict",
    "Field",
    "PrivateAttr",
    "ValidationError",
    "field_validator",
    "model_validator",
]
