"""Made-up pages: a usual page, a page with nested tables and a page about a zip, in both languages."""

from __future__ import annotations

from attrs import evolve

from jobexport.drift.facts import DataType, Language, Limits
from tests.drift.making.rendering import BOOLEAN, DOUBLE, INTEGER, LONG, STRING, Field, Page

APPLE = DataType("object", name="Apple")

USUAL = Page(
    updated="2026-01-08",
    operation_name="CopyBasket",
    path_fields=(Field("project_id"), Field("basket")),
    query=(Field("dryRun", BOOLEAN, "no", default=False),),
    headers=(Field("workspace", STRING, "conditional", condition="there are several orchards"),),
    body=(
        Field("target", limits=Limits(max_length=1024)),
        Field("labels", DataType("array", items=STRING), "no", limits=Limits(max_items=100)),
        Field("numbers", DataType("array", items=LONG), "conditional", condition="chosen is set to true"),
        Field("weight", INTEGER, "no", default=10, limits=Limits(minimum=1, maximum=60)),
        Field("mode", STRING, "no", default="KEEP", limits=Limits(values=("KEEP", "REPLACE", "DROP_ALL"))),
    ),
    response=(Field("done", BOOLEAN, "no"), Field("price", DOUBLE, "no")),
    statuses=((200, "The basket is copied."), (400, "The basket is not good.")),
    errors=(("ORC.0100", "The basket does not exist."), ("ORC.3051", "The weight is invalid.")),
    request={"target": "left", "labels": ["a", "b"], "weight": 10},
    response_body={"done": True, "price": 1.5},
    failure=(400, "ORC.0100", "The basket does not exists."),
    action="orc:baskets:copy",
)

NESTED = Page(
    title="Creating an Orchard",
    document_id="dataartsstudio_02_9984",
    path="/v1/{project_id}/orchards",
    path_fields=(Field("project_id"),),
    body=(
        Field("name", limits=Limits(min_length=1, max_length=64)),
        Field(
            "trees",
            DataType("array", items=DataType("object", name="Tree")),
            children=(
                Field("kind", limits=Limits(values=("APPLE", "PEAR"))),
                Field("best", APPLE, "no", children=(Field("taste"), Field("seeds", INTEGER, "no"))),
                Field("apples", DataType("array", items=APPLE), "no"),
            ),
        ),
        Field("owners", DataType("map", items=STRING), "no"),
    ),
    response=(Field("id"),),
    request={"name": "south", "trees": [{"kind": "PEAR"}], "owners": {}},
    response_body={"id": "3624d1c3"},
)

ARCHIVE = Page(
    title="Exporting a Basket",
    path="/v1/{project_id}/baskets/{basket_name}/export",
    path_fields=(Field("project_id"), Field("basket_name")),
    media_type="application/octet-stream",
    file_name="ORC_{basket_name}.zip",
    tree=(("baskets", ("{basket_name}.basket",)), ("leaves", ("{leaf_name}.leaf",))),
    file_fields=(Field("basket_name"), Field("leaf_name", STRING, "no")),
    failure=(400, "ORC.0100", "The basket does not exists."),
)


def translated(page: Page, language: Language) -> Page:
    """Return the page in another language, with the same facts."""
    return evolve(page, language=language, title={"en": page.title, "zh": "复制篮子"}[language])
