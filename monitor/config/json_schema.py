"""The JSON schema that editors complete and check configurations with. Pure."""

import json
from typing import Any

from monitor.config.schema import Configuration

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the schema of a configuration file, made from the models."""
    schema: dict[str, Any] = _plain(Configuration.model_json_schema(mode="validation"))
    for name, section in schema["properties"].items():
        # A section whose lines are all comments is empty, which is no mistake.
        schema["properties"][name] = {
            **{key: section.pop(key) for key in ("description", "examples") if key in section},
            "anyOf": [section, {"type": "null"}],
        }
    return {
        "$schema": DRAFT,
        "title": "monitor configuration",
        **schema,
        "patternProperties": {"^x-": {"description": "Holds anchors; has no effect itself."}},
    }


def schema_text() -> str:
    """Return the schema as the text of a file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _plain(node: Any) -> Any:
    """Return a schema without generated titles and without the nulls that stand for defaults."""
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _plain(value) for key, value in node.items() if not _is_noise(key, value)}
    choices = [each for each in kept.get("anyOf", ()) if each != {"type": "null"}]
    if len(choices) == 1:
        del kept["anyOf"]
        kept = {**choices[0], **kept}
    return kept


def _is_noise(key: str, value: Any) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value is None)
