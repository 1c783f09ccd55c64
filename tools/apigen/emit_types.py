"""C++ types of requests (values as received) and answers (borrowed parts, always encoded whole)."""

import json

from catalogue import snake
from emit_schema import HEADER, table_name

IN = {"string": "std::string", "int64": "std::int64_t", "uint64": "std::uint64_t", "double": "double", "bool": "bool"}
OUT = dict(IN, string="std::string_view")


def request_types(catalogue):
    return catalogue.closure([a.request for a in catalogue.handled()])


def answer_types(catalogue):
    return catalogue.closure([a.response for a in catalogue.actions if a.has_handler])


def answer_fields(catalogue, name):
    """RequestId is the envelope's."""
    return [f for f in catalogue.types[name] if f.name != "RequestId"]


def same_shapes(catalogue):
    """Types of answers by another that has the same members, so that whoever fills both fills one."""
    tops, first, same = {a.response for a in catalogue.actions}, {}, {}
    for name in answer_types(catalogue):
        if name not in tops:
            shape = tuple((f.name, same.get(f.type, f.type), f.array, f.constant) for f in answer_fields(catalogue, name))
            other = first.setdefault(shape, name)
            if other != name:
                same[name] = other
    return same


def emit_types(catalogue):
    out = [HEADER, "#pragma once\n\n#include <cstdint>\n#include <optional>\n#include <string>\n#include <string_view>\n"
           "#include <vector>\n\n#include \"api/arena.h\"\n\nnamespace tusker::api {\n\n// Requests. An absent parameter is nullopt or an empty list.\n"]
    for name in request_types(catalogue):
        out.append(f"struct {name} {{\n" + "".join(_in_member(f) for f in catalogue.types[name]) + "};\n")
    out.append("\n// Answers: the members that vary; encode() writes the others too. Texts, lists and objects (null: none) are borrowed:\n"
               "// what they point to lives until encode() returns.\nnamespace answer {\n")
    same = same_shapes(catalogue)
    for name in answer_types(catalogue):
        if name in same:
            out.append(f"using {name} = {same[name]};\n")
            continue
        members = (_out_member(f) for f in answer_fields(catalogue, name) if f.constant is None)
        out.append(f"struct {name} {{\n" + "".join(members) + "};\n")
    out.append("}  // namespace answer\n\n// Appends every member followed by a comma; the envelope adds the rest.\n")
    for a in catalogue.actions:
        if a.has_handler:
            out.append(f"void encode(const answer::{a.response}& value, std::string& out);\n")
    out.append("}  // namespace tusker::api\n")
    return "".join(out)


def _in_member(f):
    kind = IN.get(f.type, f.type)
    if f.array:
        return f"  std::vector<{kind}> {f.member};\n"
    if f.required:
        return f"  {kind} {f.member}{'' if f.is_object or f.type == 'string' else '{}'};\n"
    return f"  std::optional<{kind}> {f.member};\n"


def _out_member(f):
    kind = OUT.get(f.type, f.type)
    if f.array:
        return f"  List<{kind}> {f.member}{{}};\n"
    if f.is_object:
        return f"  const {kind}* {f.member}{{}};\n"
    return f"  {kind} {f.member}{{}};\n"


def emit_bindings(catalogue):
    out = [HEADER, '#include "api/generated/bindings.h"\n\n#include "api/generated/types.h"\n\nnamespace tusker::api::binding {\nnamespace {\n\n'
           "template <typename T>\nvoid* engage(void* optional) {\n  return &static_cast<std::optional<T>*>(optional)->emplace();\n}\n\n"
           "template <typename T>\nvoid* append(void* vector) {\n  return &static_cast<std::vector<T>*>(vector)->emplace_back();\n}\n\n"]
    for name in request_types(catalogue):
        fields = sorted(catalogue.types[name], key=lambda f: f.name)
        cases = "".join(f"    case {i}:\n      return &self->{f.member};\n" for i, f in enumerate(fields))
        if cases:
            body = (f"  auto* self = static_cast<{name}*>(object);\n  switch (field) {{\n{cases}    default:\n"
                    "      return nullptr;\n  }\n")
        else:
            body = "  static_cast<void>(object);\n  static_cast<void>(field);\n  return nullptr;\n"
        out.append(f"void* member_{snake(name)}(void* object, std::size_t field) {{\n{body}}}\n\n")
    out.append("}  // namespace\n\n")
    for name in request_types(catalogue):
        out.append(f"constinit const ObjectBinding {table_name(name)}{{&member_{snake(name)}, &engage<{name}>, &append<{name}>}};\n")
    out.append("\n}  // namespace tusker::api::binding\n")
    return "".join(out)


def emit_bindings_header(catalogue):
    lines = [f"extern const ObjectBinding {table_name(n)};\n" for n in request_types(catalogue)]
    return (HEADER + '#pragma once\n\n#include "api/schema.h"\n\nnamespace tusker::api::binding {\n' + "".join(lines) +
            "}  // namespace tusker::api::binding\n")


def emit_encoders(catalogue):
    """Functions that write a value at a place and return the place behind it. Each finds kRoom bytes of room and need not
    leave any; see api/json_writer.h."""
    out = [HEADER, '#include "api/generated/types.h"\n#include "api/json_writer.h"\n\nnamespace tusker::api {\nnamespace {\n\n']
    tops = {a.response for a in catalogue.actions if a.has_handler}
    parts = [name for name in answer_types(catalogue) if name not in tops and name not in same_shapes(catalogue)]
    for name in parts:
        out.append(f"char* write(JsonWriter& out, char* at, const answer::{name}& value);\n")
    out.append("\nchar* write(JsonWriter& out, char* at, std::string_view text) {\n  return out.text(at, text);\n}\n\n"
               "template <typename T>\nchar* write(JsonWriter&, char* at, const T& scalar) {\n  return put(at, scalar);\n}\n\n"
               "template <typename T>\nchar* write(JsonWriter& out, char* at, const List<T>& items) {\n  at = put(at, \"[\");\n"
               "  bool first = true;\n  for (const T& item : items) {\n    if (!first) at = put(at, \",\");\n"
               "    first = false;\n    at = out.ensure(write(out, at, item));\n  }\n  return put(at, \"]\");\n}\n\n"
               "template <typename T>\nchar* write(JsonWriter& out, char* at, const T* item) {\n"
               '  return item ? write(out, at, *item) : put(at, "null");\n}\n\n')
    for name in parts:
        out.append(f"char* write(JsonWriter& out, char* at, const answer::{name}& value) {{\n" +
                   _writes(answer_fields(catalogue, name), "{", "}", same_shapes(catalogue)) + "  return at;\n}\n\n")
    out.append("}  // namespace\n\n")
    for name in answer_types(catalogue):
        if name not in tops:
            continue
        fields = answer_fields(catalogue, name)
        if fields:
            out.append(f"void encode(const answer::{name}& value, std::string& text) {{\n  JsonWriter out(text);\n  char* at = out.begin();\n" +
                       _writes(fields, "", ",", same_shapes(catalogue)) + "  out.finish(at);\n}\n\n")
        else:
            out.append(f"void encode(const answer::{name}&, std::string&) {{}}\n\n")
    out.append("}  // namespace tusker::api\n")
    return "".join(out)


ROOM, LONGEST_NUMBER = 480, 32  # of JsonWriter; its kRoom is more, for the brackets and commas of lists


def _writes(fields, opening, closing, same):
    lines, lead, left = [], opening, ROOM  # `lead`: what stands before the next member that varies
    objects = [same.get(f.type, f.type) for f in fields if f.is_object and not f.array and f.constant is None]
    shared, first = {t for t in objects if objects.count(t) > 1}, {}

    def ensure(size):
        nonlocal left
        if left < size:
            lines.append("  at = out.ensure(at);\n")
            left = ROOM
        left -= size

    def put(text):
        assert text.isascii()
        for start in range(0, len(text), ROOM):
            part = text[start:start + ROOM]
            ensure(len(part))
            lines.append(f"  at = put(at, {json.dumps(part)});\n")

    for i, f in enumerate(fields):
        lead += f'{"," if i > 0 else ""}"{f.name}":'
        if f.constant is not None:
            lead += f.constant
            continue
        put(lead)
        lead = ""
        kind = None if f.array else same.get(f.type, f.type)
        if kind in first:
            earlier = first[kind]
            lines.append(f"  at = value.{f.member} == value.{earlier} ? out.again(at, {earlier}_start, {earlier}_size)"
                         f" : write(out, out.ensure(at), value.{f.member});\n")
            left = 0
        elif f.array or f.is_object:
            ensure(ROOM)
            if kind in shared:
                lines.append(f"  const std::size_t {f.member}_start = out.offset(at);\n")
            lines.append(f"  at = write(out, at, value.{f.member});\n")
            if kind in shared:
                first[kind] = f.member
                lines.append(f"  const std::size_t {f.member}_size = out.offset(at) - {f.member}_start;\n")
            left = 0
        elif f.type == "string":
            lines.append(f"  at = out.text(at, value.{f.member});\n")
            left = ROOM
        else:
            ensure(LONGEST_NUMBER)
            lines.append(f"  at = put(at, value.{f.member});\n")
    if not fields:
        lines.append("  static_cast<void>(value);\n")
    put(lead + closing)
    return "".join(lines)
