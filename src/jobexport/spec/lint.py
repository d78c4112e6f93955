"""Checks the description: OpenAPI, examples that fit their schemas, a register and roles without loose ends."""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation.keywords import OpenAPIV31SchemaValidator

from jobexport.core.output import standard_output
from jobexport.errors import JobexportError
from jobexport.spec.document import MISSING, located, look, marks, operations_by_id, to_pointer
from jobexport.spec.editions import BASE, OVERLAYS, PACKAGE, REGISTER, edition_ids, resolve
from jobexport.spec.examples import examples, misfits, objects
from jobexport.spec.links import broken_links
from jobexport.spec.load import load_yaml
from jobexport.spec.register import load_register
from jobexport.spec.roles import generated_roles, lint_kept, lint_roles
from jobexport.spec.statements.held import unheld

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema_path import SchemaPath

    from jobexport.spec.document import Location
    from jobexport.spec.register import Entry, Register


@functools.cache
def _sound() -> set[bytes]:
    """Return the digests of the schemas that keep to JSON Schema: editions share most of theirs."""
    return set()


class _Schemas(OpenAPIV31SchemaValidator):
    """Checks each schema against JSON Schema once, in whichever documents it stands."""

    def __call__(
        self, schema: SchemaPath, require_properties: bool = True, meta_checked: bool = False
    ) -> Iterator[Any]:
        digest = b""
        if not meta_checked:
            digest = hashlib.sha256(json.dumps(schema.read_value()).encode()).digest()
        errors = list(super().__call__(schema, require_properties, meta_checked or digest in _sound()))
        if digest and not errors:
            _sound().add(digest)
        return iter(errors)


class _Validator(OpenAPIV31SpecValidator):
    keyword_validators = OpenAPIV31SpecValidator.keyword_validators | {"schema": _Schemas}


def lint(root: Path) -> list[str]:
    """Check the union, every edition's document, the overlays and the register of a checkout; return the findings.

    Raises:
        JobexportError: a file can't be read, or an overlay can't be applied.
    """
    union, register = load_yaml(root / BASE), load_register(root / REGISTER)
    documents = {id_: resolve(id_, root=root) for id_ in edition_ids(root)}
    overlays = {path.stem: load_yaml(path) for path in sorted((root / OVERLAYS).glob("*.yaml"))}
    findings = lint_sources(union, documents, overlays, register)
    findings += lint_roles(union, str(BASE), generated_roles(root / PACKAGE))
    findings += [finding for entry in register.entries for finding in _missing_test(entry, root)]
    return findings


def lint_sources(
    union: dict[str, Any],
    documents: Mapping[str, dict[str, Any]],
    overlays: Mapping[str, dict[str, Any]],
    register: Register,
) -> list[str]:
    """Check what needs neither the generated package nor the tests, and return the findings.

    Args:
        union: the union.
        documents: the resolved document of each edition.
        overlays: all overlays, by the name of their file without its suffix.
        register: the register.
    """
    named = {str(BASE): union} | {f"edition {id_}": document for id_, document in documents.items()}
    findings = [f"{name}: {problem}" for name, document in named.items() for problem in lint_document(document)]
    marked = {f"{OVERLAYS}/{name}.yaml": _marked(overlay) for name, overlay in overlays.items()}
    findings += lint_marks({str(BASE): _marked(union)} | marked, register)
    findings += [finding for name, document in named.items() for finding in lint_kept(union, document, name)]
    findings += lint_register(register, union, list(documents))
    for item in unheld(register, union, documents):
        seen = ", ".join(map(str, item.seen)) or "nothing"
        stated = f"states {item.statement.fact} {item.statement.value} at {item.statement.at}"
        findings.append(
            f"{REGISTER}: {item.entry} {stated} for {item.edition}, whose document has {seen}; correct one of the two"
        )
    return findings


def lint_document(document: dict[str, Any]) -> Iterator[str]:
    """Find violations of OpenAPI 3.1 in a document, links that lead nowhere, examples that break their own schemas."""
    invalid = [
        f"{to_pointer(tuple(error.absolute_path)) or '/'}: {error.message}"
        for error in _Validator(document).iter_errors()
    ]
    yield from invalid
    if invalid:
        # Examples can't be validated against an invalid schema.
        return
    for link, name in broken_links(document):
        yield f"{to_pointer(link.place)}: the link names {name}, which the document lacks; let the link follow"
    for pointer, schema, example in examples(document):
        for error in misfits(document, schema, example):
            yield f"{to_pointer(pointer)}: the example does not fit its schema: {error.message}"


def lint_marks(marked: dict[str, list[tuple[Location, str]]], register: Register) -> Iterator[str]:
    """Find marks without an entry, overlay actions without a mark, and entries that the union never marks."""
    known = {entry.id for entry in register.entries}
    for name, found in marked.items():
        for pointer, id_ in found:
            if id_ not in known:
                yield f"{name}: {to_pointer(pointer)} names {id_ or 'nothing'}; give it an entry in {REGISTER}"
    unmarked = known - {id_ for _, id_ in marked[str(BASE)]}
    for id_ in sorted(unmarked):
        yield f"{REGISTER}: {id_} is marked nowhere in {BASE}; add x-inconsistency where it shows"


def lint_register(register: Register, union: dict[str, Any], ids: list[str]) -> Iterator[str]:
    """Find unknown operations, duplicate ids, editions without exactly one claim, missing pages, and bad pointers."""
    known = operations_by_id(union)
    named = [page.operation for page in register.pages]
    named += [operation for entry in register.entries for operation in entry.operations]
    for operation in sorted(set(named) - set(known)):
        yield f"{REGISTER}: names the operation {operation}, which is not in {BASE}; correct the name"
    seen: set[str] = set()
    for entry in register.entries:
        if entry.id in seen:
            yield f"{REGISTER}: {entry.id} stands twice; number one of them anew"
        seen.add(entry.id)
        for pointer in entry.pointers:
            if look(union, located(union, pointer)) is MISSING:
                yield f"{REGISTER}: {entry.id} points to {pointer}, which is not in {BASE}"
        for statement in (statement for claim in entry.claims for statement in claim.says):
            place = located(union, statement.at)
            # A statement without a value may point to a node that the union lacks too; then only its parent must exist.
            if look(union, place if statement.value is not None else place[:-1]) is MISSING:
                yield f"{REGISTER}: {entry.id} says something of {statement.at}, which is not in {BASE}"
    yield from register.gaps(ids)


def main(argv: list[str] | None = None) -> int:
    """Lint a checkout (default: the current folder) and print the findings.

    Returns:
        0 without findings, 1 with findings, 2 if a file can't be read.
    """
    with standard_output():
        return _main(argv)


def _main(argv: list[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="python -m jobexport.spec.lint", description=__doc__)
    parser.add_argument("root", type=Path, nargs="?", default=Path())
    root = parser.parse_args(argv).root
    try:
        findings = lint(root)
    except JobexportError as problem:
        print(problem, file=sys.stderr)
        return 2
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings in the union, {len(edition_ids(root))} editions and the register")
    return 1 if findings else 0


def _marked(document: dict[str, Any]) -> list[tuple[Location, str]]:
    """Return every x-inconsistency of a document as place and id; the id is empty for an unmarked overlay action."""
    found: list[tuple[Location, str]] = []
    for pointer, node in objects(document, ()):
        ids = marks(node) or (("",) if "target" in node else ())
        found += [(pointer, id_) for id_ in ids]
    return found


def _missing_test(entry: Entry, root: Path) -> Iterator[str]:
    path, _, function = entry.test.partition("::")
    try:
        there = re.search(rf"^def {function}\(", (root / path).read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        there = None
    if not there:
        yield f"{REGISTER}: {entry.id} names the test {entry.test}, which does not exist"


if __name__ == "__main__":
    sys.exit(main())
