"""JSON Schemas of the files that people write, so that editors complete and check them."""

from pathlib import Path
from typing import Any

import msgspec
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from synthloop.project.personas import PersonasWritten
from synthloop.project.written import BehaviorWritten
from synthloop.project.written_project import ProjectWritten

SCHEMAS: dict[str, type[BaseModel]] = {"project": ProjectWritten, "behavior": BehaviorWritten, "personas": PersonasWritten}
"""File kind -> what it may say."""

SCHEMA_FOLDER = ".synthloop/schema"
"""Where a project keeps its schemas; the first line of each file names one of them."""


def build_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `project` or `behavior` files."""
    schema = SCHEMAS[kind].model_json_schema(by_alias=True, mode="validation")
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema}


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Write all schemas as `<kind>.json` into a folder, which is made where needed, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for kind in SCHEMAS:
        path = folder / f"{kind}.json"
        path.write_bytes(msgspec.json.format(msgspec.json.encode(build_schema(kind)), indent=2) + b"\n")
        written.append(path)
    return tuple(written)


__all__ = ["SCHEMAS", "SCHEMA_FOLDER", "build_schema", "write_schemas"]
