"""The statements of the register, held against the resolved documents."""

from __future__ import annotations

from jobexport.spec.editions import BASE, CHECKOUT, edition_ids, resolve
from jobexport.spec.load import load_yaml
from jobexport.spec.register import load_register
from jobexport.spec.statements.held import unheld


def test_every_statement_holds() -> None:
    """No edition's document contradicts what the register says of its pages."""
    documents = {edition: resolve(edition) for edition in edition_ids()}
    assert list(unheld(load_register(), load_yaml(CHECKOUT / BASE), documents)) == []
