"""The table of actions, the declarations of their handlers, and the error codes."""

from catalogue import snake
from emit_schema import HEADER, table_name, text


def emit_error_codes(catalogue):
    lines = []
    for code in sorted(catalogue.codes):
        name = "k" + code.replace(".", "_")
        lines.append(f"inline constexpr std::string_view {name} = {text(code)};\n")
    return (HEADER + "#pragma once\n\n#include <string_view>\n\n// Every code that the public API may answer, spelled as published.\n"
            "namespace tusker::api::code {\n" + "".join(lines) + "}  // namespace tusker::api::code\n")


def emit_handlers_header(catalogue):
    lines = []
    for a in catalogue.actions:
        if not a.has_handler:
            continue
        if a.name in catalogue.deferred:
            lines.append(f"void {a.function}(const {a.request}& request, Call& call, AnswerCallback done);\n")
        else:
            lines.append(f"Result<Answer> {a.function}(const {a.request}& request, Call& call);\n")
    return (HEADER + '#pragma once\n\n#include "api/call.h"\n#include "api/generated/types.h"\n\n'
            "// One function for each action that works, in the file of its name under handlers/.\n"
            "namespace tusker::api::handlers {\n" + "".join(lines) + "}  // namespace tusker::api::handlers\n")


def emit_actions(catalogue):
    out = [HEADER, '#include "api/action.h"\n#include "api/decoder.h"\n#include "api/generated/handlers.h"\n'
           '#include "api/generated/schemas.h"\n\nnamespace tusker::api {\nnamespace {\n\n']
    for a in catalogue.actions:
        if a.has_handler:
            out.append(_glue(catalogue, a))
    out.append("constexpr ActionInfo kActions[] = {\n")
    for a in sorted(catalogue.actions, key=lambda x: (x.name, x.version)):
        handler = f"&call_{a.function}" if a.has_handler else "nullptr"
        out.append("    {" + ", ".join([
            text(a.name), text(a.version), text(a.category), text("emr:" + a.name), str(a.rate),
            str(a.mutating).lower(), str(a.stream).lower(), f"&schema::{table_name(a.request)}", handler]) + "},\n")
    out.append("};\n\n}  // namespace\n\nstd::span<const ActionInfo> all_actions() { return kActions; }\n\n"
               "}  // namespace tusker::api\n")
    return "".join(out)


def _glue(catalogue, a):
    head = (f"void call_{a.function}(const Value& parameters, Call& call, AnswerCallback done) {{\n  {a.request} request;\n"
            f"  if (Status status = decode(schema::{table_name(a.request)}, parameters, &request); !status.ok()) {{\n"
            "    return done(std::move(status).error());\n  }\n")
    if a.name in catalogue.deferred:
        return head + f"  handlers::{a.function}(request, call, std::move(done));\n}}\n\n"
    return head + f"  done(handlers::{a.function}(request, call));\n}}\n\n"


__all__ = ["emit_error_codes", "emit_handlers_header", "emit_actions", "snake"]
