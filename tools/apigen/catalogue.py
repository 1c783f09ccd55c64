"""The public API as data: the vendor's catalogue, ours, and what neither can say."""

import dataclasses
import json
import pathlib
import re

SCALARS = ("string", "int64", "uint64", "double", "bool")
KEYWORDS = ("mutable", "default", "operator", "register", "template", "private", "public", "namespace", "class", "delete", "new")
CATALOGUES = ("emr-2019-01-03.json", "tusker-2026-11-01.json")


def snake(name):
    """InstanceIds -> instance_ids, VPCSettings -> vpc_settings, SupportHA -> support_ha."""
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text).lower().replace(" ", "_")


@dataclasses.dataclass
class Field:
    name: str
    type: str
    array: bool = False
    required: bool = False
    nullable: bool = False
    values: list = None
    min: float = None
    max: float = None
    max_items: int = None
    open: bool = False
    ignore_case: bool = False
    trim: bool = False
    clamp: bool = False
    code: str = ""
    constant: str = None  # of an answer: the JSON text that it always is here

    @property
    def is_object(self):
        return self.type not in SCALARS

    def takes(self, constant):
        """Whether a member of an answer may always be this value; lists only when empty, objects only when absent."""
        if self.array:
            return constant == []
        kinds = {"string": str, "int64": int, "uint64": int, "double": float, "bool": bool}
        return type(constant) is kinds.get(self.type, type(None))

    @property
    def member(self):
        name = snake(self.name)
        return name + "_" if name in KEYWORDS else name

    @property
    def enforced_values(self):
        return [] if self.open or not self.values else self.values


@dataclasses.dataclass
class Action:
    name: str
    category: str
    version: str
    request: str
    response: str
    rate: int
    mutating: bool
    stream: bool
    deprecated: bool
    superseded_by: str
    has_handler: bool = False

    @property
    def function(self):
        return snake(self.name)

    @property
    def materialised(self):
        return self.has_handler or self.stream


class Catalogue:
    """Everything that the generator needs; loading fails with a message when the data contradicts itself."""

    def __init__(self, root):
        root = pathlib.Path(root)
        overrides = json.loads((root / "api/overrides.json").read_text())
        self.limits = overrides["limits"]
        self.deferred = set(overrides.get("deferred", []))
        self.types, self.actions, self.codes = {}, [], set(overrides["common_error_codes"])
        for name in CATALOGUES:
            self._load(json.loads((root / "api" / name).read_text()))
        self._apply(overrides["fields"])
        self._apply_constants(overrides["constants"])
        self._check()
        self._find_handlers(root / "src/api/handlers")

    def _load(self, data):
        for name, entry in data["types"].items():
            if name in self.types:
                raise SystemExit(f"type {name} is in two catalogues")
            self.types[name] = [self._field(f) for f in entry["fields"]]
        for a in data["actions"]:
            reads = a["name"].startswith(("Describe", "Inquir"))
            self.actions.append(Action(
                a["name"], a["category"], data["version"], a["request"], a["response"], a["rate_limit_per_s"],
                a.get("mutating", not reads), a.get("stream", False), a.get("deprecated", False),
                a.get("superseded_by", "")))
            self.codes.update(a["errors"])
        self.codes.update(e["code"] for e in data["error_codes"])

    @staticmethod
    def _field(f):
        known = {k: f[k] for k in ("array", "required", "nullable", "values", "min", "max", "max_items") if k in f}
        return Field(f["name"], f["type"], **known)

    def _apply(self, fields):
        for path, changes in fields.items():
            type_name, field_name = path.split(".")
            matches = [f for f in self.types.get(type_name, []) if f.name == field_name]
            if not matches:
                raise SystemExit(f"overrides.json names {path}, which is in no catalogue")
            for key, value in changes.items():
                setattr(matches[0], key, value)

    def _apply_constants(self, constants):
        for type_name, members in constants.items():
            fields = {f.name: f for f in self.types.get(type_name, [])}
            for name, value in members.items():
                if name not in fields:
                    raise SystemExit(f"overrides.json names {type_name}.{name}, which is in no catalogue")
                if not fields[name].takes(value):
                    raise SystemExit(f"overrides.json: {type_name}.{name} cannot be {value!r}")
                fields[name].constant = json.dumps(value)

    def _check(self):
        for name, fields in self.types.items():
            for f in fields:
                if f.is_object and f.type not in self.types:
                    raise SystemExit(f"{name}.{f.name} has the unknown type {f.type}")
                if f.code and f.code not in self.codes:
                    raise SystemExit(f"{name}.{f.name} answers {f.code}, which is no published code")

    def _find_handlers(self, folder):
        found = {p.stem: p for p in folder.glob("*/*.cc") if not p.stem.endswith("_test")}
        for a in self.actions:
            path = folder / snake(a.category) / f"{a.function}.cc"
            a.has_handler = path.exists()

    def closure(self, roots):
        """The types reachable from `roots` by members that vary, a type after those it contains."""
        order, visiting = [], set()

        def visit(name):
            if name in order:
                return
            if name in visiting:
                raise SystemExit(f"type {name} contains itself: it cannot become a C++ struct")
            visiting.add(name)
            for f in self.types[name]:
                if f.is_object and f.constant is None:
                    visit(f.type)
            visiting.discard(name)
            order.append(name)

        for root in roots:
            visit(root)
        return order

    def request_types(self):
        """Every type that a request can hold, whether or not it has a handler; recursion is allowed here."""
        seen, todo = [], [a.request for a in self.actions]
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.append(name)
            todo += [f.type for f in self.types[name] if f.is_object]
        return sorted(seen)

    def handled(self):
        return [a for a in self.actions if a.materialised]
