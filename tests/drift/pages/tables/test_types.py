"""Each spelling of a type, in both languages, gives the same type."""

from __future__ import annotations

from typing import Any

import pytest

from jobexport.drift.facts import DataType
from jobexport.drift.pages.tables.types import data_type

STRING, INTEGER, LONG = DataType("string"), DataType("integer"), DataType("integer", format="int64")
OBJECT, NODE, ARRAY = DataType("object"), DataType("object", name="Node"), DataType("array")

# Spellings of a type, with a bar between them.
SPELLINGS = [
    (STRING, "String|string|Str|UUID|字符串|字符串类型|枚举|Enum|String(64)|String（1-64）"),
    (INTEGER, "Integer|int|Int|Short|INT|整型|整数"),
    (DataType("integer", format="int32"), "Int32|integer32"),
    (LONG, "Long|long|Int64|bigint|长整型"),
    (DataType("number", format="double"), "Double|双精度浮点型"),
    (DataType("number", format="float"), "Float|浮点型"),
    (DataType("number"), "Number|BigDecimal|数值"),
    (DataType("boolean"), "Boolean|bool|boolean|布尔型|布尔值"),
    (DataType("binary"), "File|binary|Stream|文件流"),
    (DataType("string", format="date-time"), "DateTime|date-time"),
    (DataType("unknown"), "Timestamp|timestamp|时间戳|Any|任意类型"),
    (OBJECT, "Object|JSON|JSON object|Data structure|data structure|数据结构|对象|Dict"),
    (NODE, "Node|Node object|Node data structure|Node structure|Node结构|Node数据结构|Node对象|表示Node结构"),
    (ARRAY, "List|Array|list|列表数据结构|数组|列表|List data structure|JSONArray|[]|List<>|List<?>"),
    (DataType("array", items=LONG), "[Long]|Array of Longs|Array of Long|Array of longs|List<Long>|Array<Long>|Long[]"),
    (
        DataType("array", items=LONG),
        "Long array|list of longs|Array[Long]|array(Long)|List＜Long＞|［Long］|长整型数组",
    ),
    (DataType("array", items=LONG), "List < Long >|an array of longs|Array of [Long]"),
    (
        DataType("array", items=NODE),
        "[Node]|List<Node>|Array of Node objects|Array of Node|Node[]|Array<Node>|Node数组",
    ),
    (DataType("array", items=OBJECT), "Array of objects|Array of Object|List<Object>|[Object]|Object数组|Object array"),
    (DataType("array", items=ARRAY), "Array of arrays|List<List>"),
    (
        DataType("array", items=DataType("array", items=STRING)),
        "Array<Array<String>>|[[String]]|Array of Array of Strings",
    ),
    (DataType("map"), "Map|map|HashMap|Map data structure|键值对"),
    (DataType("map", items=STRING), "Map<String,String>|map <String, String>|Map<String，String>|map of strings"),
    (DataType("map", items=OBJECT), "Map<String,Object>|map <String,Object>"),
    (DataType("array", items=DataType("map", items=STRING)), "List<Map<String,String>>|Array of Map<String,String>"),
    (DataType("map", items=DataType("array", items=STRING)), "Map<String,Array<String>>|Map<String,List<String>>"),
    (DataType("unknown", alternatives=(STRING, INTEGER)), "String or Integer|String/Integer|String或Integer"),
]


@pytest.mark.parametrize(("kind", "spelling"), [(kind, each) for kind, words in SPELLINGS for each in words.split("|")])
def test_a_type_is_the_same_in_every_spelling(kind: Any, spelling: Any) -> None:
    """All spellings of a type are read as the same type."""
    assert data_type(spelling) == kind


def test_no_spelling_means_two_types() -> None:
    """The table above has no spelling twice."""
    spellings = [each for _, words in SPELLINGS for each in words.split("|")]
    assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize("text", ["", "-", "see below!", "x" * 500, "<" * 100, "[" * 100 + "]" * 100, "List<" * 50])
def test_a_text_that_is_not_a_type_gives_none(text: Any) -> None:
    """A text that is not a type gives None, or a list of an unknown type, and takes no long time."""
    found = data_type(text)
    assert found is None or found.kind == "array"
