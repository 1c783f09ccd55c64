"""python3 tools/apigen --out DIR | --coverage: see README.md."""

import argparse
import pathlib
import sys

import coverage
import emit_actions
import emit_schema
import emit_types
from catalogue import Catalogue


def write_if_changed(path, text):
    """Keeps the time stamp of what stays the same, so that nothing is compiled again for it."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser(prog="apigen", description=__doc__)
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--out", type=pathlib.Path, help="folder for the generated C++")
    parser.add_argument("--coverage", action="store_true", help="print docs/api-coverage.md")
    arguments = parser.parse_args()
    catalogue = Catalogue(arguments.root)
    if arguments.coverage:
        sys.stdout.write(coverage.coverage(catalogue))
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        for name, text in {
            "error_codes.h": emit_actions.emit_error_codes(catalogue),
            "types.h": emit_types.emit_types(catalogue),
            "bindings.h": emit_types.emit_bindings_header(catalogue),
            "bindings.cc": emit_types.emit_bindings(catalogue),
            "encoders.cc": emit_types.emit_encoders(catalogue),
            "schemas.h": emit_schema.emit_schema_header(catalogue),
            "schemas.cc": emit_schema.emit_schema(catalogue),
            "handlers.h": emit_actions.emit_handlers_header(catalogue),
            "actions.cc": emit_actions.emit_actions(catalogue),
        }.items():
            write_if_changed(arguments.out / name, text)


main()
