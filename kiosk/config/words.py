"""What the typed tables find wrong, in words that name the key and what to write."""

from typing import Any

from kiosk.config.judge import ValidationError
from kiosk.config.mistakes import Mistake

_KINDS = {"id-card", "serial", "hid", "camera", "usb", "tcp", "number", "plain", "pattern", "url", "json", "cwt"}
_NOT_TYPE = {
    "int_type": ("is not a whole number", "Write digits alone, without quotes"),
    "float_type": ("is not a number", "Write digits, without quotes"),
    "bool_type": ("is neither true nor false", "Write true or false, without quotes"),
    "string_type": ("is not a text", 'Write it in quotes: "..."'),
    "path_type": ("is not a text", 'Write a path in quotes: "/..."'),
}


def mistakes_of(error: ValidationError) -> list[Mistake]:
    return [_mistake(each) for each in error.errors(include_url=False, include_context=True)]


def _mistake(error: Any) -> Mistake:
    key, given = key_of(error["loc"]), error.get("input")
    shown = f" (it is {_toml(given)})" if isinstance(given, str | int | float | bool) else ""
    context: dict[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return Mistake(key, "is missing", "Add it")
        case "extra_forbidden":
            return Mistake(key, "is not a key that the kiosk knows", "Remove it, or mend its spelling")
        case "literal_error" | "enum":
            return Mistake(key, f"cannot be used{shown}", f"Write one of {context['expected']}")
        case "union_tag_invalid":
            return Mistake(key, f"has a kind that does not exist ({context['tag']})", f"Use {context['expected_tags']}")
        case "union_tag_not_found":
            return Mistake(key, "has no kind", "Add kind = ...")
        case "value_error":
            wrong, fix = context["error"].args
            return Mistake(key, wrong, fix)
        case "list_type" | "model_type" | "model_attributes_type" | "dict_type":
            return _bracket_mistake(key, given, error["type"] == "list_type")
        case "int_type" | "float_type" | "bool_type" | "string_type" | "path_type":
            wrong, fix = _NOT_TYPE[error["type"]]
            return Mistake(key, f"{wrong}{shown}", fix)
    return _limit_mistake(key, shown, error)


def _limit_mistake(key: str, shown: str, error: Any) -> Mistake:
    match error["type"], error.get("ctx", {}):
        case "greater_than_equal", {"ge": least}:
            return Mistake(key, f"is too small{shown}", f"Write {least:g} or more")
        case "less_than_equal", {"le": most}:
            return Mistake(key, f"is too large{shown}", f"Write {most:g} or less")
        case "multiple_of", {"multiple_of": step}:
            return Mistake(key, f"cannot be used{shown}", f"Write a multiple of {step}")
        case "string_too_long", {"max_length": most}:
            return Mistake(key, f"is too long{shown}", f"Write {most} characters at most")
        case "finite_number", _:
            return Mistake(key, f"is no finite number{shown}", "Write digits, without quotes")
        case (("string_too_short" | "too_short"), _):
            return Mistake(key, "is empty", "Name one at least")
    return Mistake(key, f"is wrong{shown}", str(error["msg"]))


def _bracket_mistake(key: str, given: object, is_list: bool) -> Mistake:
    """A table where a list of tables is meant, or the other way round."""
    match given:
        case dict() if is_list:
            return Mistake(key, "may stand more than once, so it is a list", f"Write [[{key}]] instead of [{key}]")
        case [dict(), *_] if not is_list:
            return Mistake(key, "stands once, so it is no list", f"Write [{key}] instead of [[{key}]]")
    if is_list:
        return Mistake(key, "is not a list", f"Write {key.rpartition('.')[2]} = [...]")
    bracketed = f"[[{key.partition('[')[0]}]]" if key.endswith("]") else f"[{key}]"
    return Mistake(key, "is not a table", f"Write {bracketed} on a line of its own, its keys below")


def key_of(location: tuple[str | int, ...]) -> str:
    """`scanner.0.serial.port` as people write it: scanner[1].port, counted from one, without the union's tag."""
    parts: list[str] = []
    for before, part in zip(("", *location), location, strict=False):
        if part == "[key]":
            continue
        if isinstance(part, int):
            parts[-1] += f"[{part + 1}]"
        elif not (isinstance(before, int) and part in _KINDS):
            parts.append(part)
    return ".".join(parts) or "file"


def _toml(value: str | float) -> str:
    """A bool is an int here, too; TOML writes it small."""
    return str(value).lower() if isinstance(value, bool) else repr(value)
