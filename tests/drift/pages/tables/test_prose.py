"""Defaults, limits, allowed values and conditions are read from the wording of descriptions."""

from __future__ import annotations

from typing import Any

import pytest

from jobexport.drift.facts import DataType, Limits
from jobexport.drift.pages.blocks import Paragraph
from jobexport.drift.pages.tables.prose import condition, default, labelled, limits

STRING, INTEGER, BOOLEAN = DataType("string"), DataType("integer"), DataType("boolean")
NUMBER, ARRAY = DataType("number"), DataType("array", items=STRING)


def parts(*texts: str) -> tuple[Paragraph, ...]:
    """Return the texts as paragraphs; a text that begins with `- ` is a list item, with `-- ` an item below an item."""
    return labelled(tuple(part(text) for text in texts))


def part(text: str) -> Paragraph:
    mark, _, rest = text.partition(" ")
    return Paragraph("item", rest, 1, depth=len(mark)) if mark in ("-", "--") else Paragraph("text", text, 1)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (BOOLEAN, "Whether. Default value: true", True),
        (BOOLEAN, "The default value is false.", False),
        (BOOLEAN, "默认值：true", True),
        (BOOLEAN, "缺省值为false。", False),
        (BOOLEAN, "默认为“true”。", True),
        (INTEGER, "Unit: s. Default value: 10", 10),
        (INTEGER, "The default value is 1,024.", 1024),
        (INTEGER, "Default: 60 (seconds)", 60),
        (INTEGER, "It defaults to 5.", 5),
        (NUMBER, "The default value is 0.5.", 0.5),
        (STRING, "The default value is postgres.", "postgres"),
        (STRING, 'Default value: "a.b"', "a.b"),
        (STRING, "The value is DEVELOP by default.", "DEVELOP"),
        (STRING, "默认取值：DEVELOP，表示开发态。", "DEVELOP"),
        (STRING, "Default value: /dir/a", "/dir/a"),
        (STRING, "Default value: Spark Python", "Spark Python"),
        (ARRAY, "Default value: []", []),
        (STRING, "默认为a_first（先近后远），支持a_last（先远后近）。", "a_first"),
        (STRING, "Default value: a_first (the nearest)", "a_first"),
        (INTEGER, "最多升数，默认100。", 100),
        (INTEGER, "每页默认10条", 10),
        (INTEGER, "How many (default 100).", 100),
        (BOOLEAN, "是否，默认true", True),
        (STRING, "保留时间，默认10分钟。", None),
        (INTEGER, "The default 5 zones are used.", None),
        (ARRAY, "The default value is [1, 2].", [1, 2]),
        (INTEGER, "By default, the value is 7.", 7),
        (INTEGER, "If it is not set, the default value 100 is used.", 100),
        (INTEGER, "100 by default", 100),
        (INTEGER, "默认取值100", 100),
        (STRING, "Default value: N/A", None),
        (STRING, "默认取值：不涉及", None),
        (STRING, "Default value: the zone where the service is located", None),
        (STRING, "Data of the default workspace is queried by default.", None),
        (STRING, "默认查询default工作空间下的数据。", None),
        (STRING, "默认值：使用果园服务端所在的时区。", None),
        (INTEGER, "Default value: number of nodes", None),
    ],
)
def test_a_default_is_a_value_of_the_type(kind: Any, text: str, value: Any) -> None:
    """A default is JSON of the parameter's type, or None if the words name no value."""
    assert default(parts(text), kind) == value


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        (("Default Value", "10"), 10),
        (("Definition", "How many.", "Constraints", "N/A", "Default Value:", "7"), 7),
        (("默认取值：", "3"), 3),
        (("Default Value", "The default value is 4."), 4),
        (("默认取值：", "默认值为5。"), 5),
    ],
)
def test_a_label_stands_over_its_paragraph(texts: tuple[str, ...], value: int) -> None:
    """A label in a separate paragraph belongs to the paragraph below it."""
    assert default(parts(*texts), INTEGER) == value


def test_an_item_may_be_called_the_default() -> None:
    """An item with `(default)` is the default of the list."""
    items = parts("Options:", "- DEVELOP (default): the one that is being written", "- SUBMIT: the one that runs")
    assert default(items, STRING) == "DEVELOP"
    assert limits(items, STRING).values == ("DEVELOP", "SUBMIT")


@pytest.mark.parametrize(
    ("kind", "text", "stated"),
    [
        (INTEGER, "The value ranges from 0 to 5.", Limits(minimum=0, maximum=5)),
        (INTEGER, "Unit: second; value range: 1 to 60", Limits(minimum=1, maximum=60)),
        (INTEGER, "Value range: 1–1,440", Limits(minimum=1, maximum=1440)),
        (INTEGER, "Range: [1, 100]", Limits(minimum=1, maximum=100)),
        (INTEGER, "The value must be an integer from -5 to 5", Limits(minimum=-5, maximum=5)),
        (INTEGER, "Minimum: 1", Limits(minimum=1)),
        (INTEGER, "The maximum value is 100.", Limits(maximum=100)),
        (INTEGER, "取值范围：1~128", Limits(minimum=1, maximum=128)),
        (INTEGER, "取值范围为[5，120]。", Limits(minimum=5, maximum=120)),
        (INTEGER, "最小值：0", Limits(minimum=0)),
        (NUMBER, "Value range: 0.1 to 0.9", Limits(minimum=0.1, maximum=0.9)),
        (STRING, "It contains a maximum of 128 characters, including letters.", Limits(max_length=128)),
        (STRING, "It cannot exceed 1,024 characters.", Limits(max_length=1024)),
        (STRING, "The length cannot exceed 2048 characters.", Limits(max_length=2048)),
        (STRING, "Enter 1 to 64 characters.", Limits(min_length=1, max_length=64)),
        (STRING, "Value range: 1 to 64 characters", Limits(min_length=1, max_length=64)),
        (STRING, "Maximum length: 32", Limits(max_length=32)),
        (STRING, "长度为1~64个字符。", Limits(min_length=1, max_length=64)),
        (STRING, "长度不能超过128。", Limits(max_length=128)),
        (STRING, "最多64个字符。", Limits(max_length=64)),
        (ARRAY, "A maximum of 100 jobs can be exported at a time.", Limits(max_items=100)),
        (ARRAY, "At most 20 names.", Limits(max_items=20)),
        (ARRAY, "一次最多支持导出100个作业。", Limits(max_items=100)),
        (ARRAY, "Array Length: 1 - 50", Limits(min_items=1, max_items=50)),
        (ARRAY, "数组长度：1-50", Limits(min_items=1, max_items=50)),
        (STRING, "A maximum of 4 MB is supported.", Limits()),
        (STRING, "For example, 2018-10-22T23:59:59+08.", Limits()),
        (STRING, "At most 20 names.", Limits()),
        (STRING, "Minimum: 1", Limits(min_length=1)),
        (STRING, "最大值：32", Limits(max_length=32)),
        (STRING, "Maximum: 64 Maximum length: 32", Limits(max_length=32)),
        (STRING, "Minimum: 1 Maximum: 64", Limits(min_length=1, max_length=64)),
        (STRING, "The minimum value is 2 GB.", Limits()),
        (STRING, "Maximum length: 1,024 x 1,024", Limits()),
        (STRING, "Length range: 1,024 x 1,024 characters.", Limits()),
        (INTEGER, "The value must be greater than or equal to 0.", Limits(minimum=0)),
        (INTEGER, "It must be less than or equal to 10.", Limits(maximum=10)),
        (INTEGER, "取值大于等于1。", Limits(minimum=1)),
        (INTEGER, "It is greater than or equal to 0 and less than or equal to 9.", Limits(minimum=0, maximum=9)),
        (INTEGER, "The value cannot be less than 2.", Limits(minimum=2)),
        (INTEGER, "It must not be greater than 5.", Limits(maximum=5)),
        (INTEGER, "Checked if the value is greater than or equal to 5.", Limits()),
        (INTEGER, "Min. value: 3", Limits(minimum=3)),
        (STRING, "Max: 32", Limits(max_length=32)),
    ],
)
def test_limits_are_those_of_numbers_texts_or_lists(kind: Any, text: str, stated: Any) -> None:
    """A number limits the value, the length or the number of items, by the words and the type."""
    assert limits(parts(text), kind) == stated


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (("Type.", "- FAIL: stop it", "- IGNORE: go on"), ("FAIL", "IGNORE")),
        (("Type.", "- NORMAL", "- STRUCTURE"), ("NORMAL", "STRUCTURE")),
        (("Type.", "- Hive SQL: runs it", "- CDM Job: runs one"), ("Hive SQL", "CDM Job")),
        (("Status.", "- SAVED indicates that it is saved.", "- DONE means that it is over."), ("SAVED", "DONE")),
        (("类型。", "- FAIL：停止", "- IGNORE：继续"), ("FAIL", "IGNORE")),
        (("Where.", "- OBS path: OBS", "- DLI package: DLIResources"), ("OBS", "DLIResources")),
        (("0 or 1:", "- 0: off", "- 1: on"), ("0", "1")),
        (("读取策略:", "- LAST ：从上次读取", "- NEW- 从最新读取"), ("LAST", "NEW")),
        (("The options are as follows:", "LAST: the last", "NEW: a new one", "Default value: NEW"), ("LAST", "NEW")),
        (("The value can be SAVED, SUBMITTED, or PRODUCTION.",), ("SAVED", "SUBMITTED", "PRODUCTION")),
        (("Mode, which can be batch or stream",), ("batch", "stream")),
        (("Options: A, B",), ("A", "B")),
        (("Enumeration values: A/B/C",), ("A", "B", "C")),
        (("取值为A、B、C。",), ("A", "B", "C")),
        (("枚举值：A，B",), ("A", "B")),
        (("当type参数值为DRIP、SPRAY其中之一时，才支持此参数。",), ()),
        (("Set this parameter to KAFKA.", "Or so.", "This parameter is set to DIS."), ("KAFKA", "DIS")),
        (("The name contains:", "- Letters", "- Digits"), ()),
        (("Workspace.", "- If it is not set, the default one is taken.", "- Else set it."), ()),
        (("The value can be obtained from the signing result.",), ()),
        (("The path can be an HDFS or OBS path.",), ()),
        (("Its default value is application/json.",), ()),
        (("It cannot exceed 1,024 characters.",), ()),
        (("For example, 1 hours, 1 days or 1 weeks.",), ()),
        (("- only one: it",), ()),
        (("- Definition: how", "- Range:", "-- drip: slowly", "-- spray: fast"), ("drip", "spray")),
        (("Drops.", "- Minimum value: 1", "- Maximum value: 900"), ()),
        (("- S: small", "-- litres: 2", "-- hoses: 1", "- L: large", "-- litres: 9"), ("S", "L")),
        (("To find it:", "- Method 1: Open the console.", "- Method 2: Call the API."), ()),
        (("Kind.", "- A", "- B", "- N/A"), ("A", "B")),
        (("- DRIP: slowly", "- SPRAY: fast", "Enumeration values:", "- DRIP", "- SPRAY"), ("DRIP", "SPRAY")),
        (("The value can be letters, digits, or underscores.",), ()),
        (("The protocol can be DRIP, SPRAY, or FLOOD.",), ("DRIP", "SPRAY", "FLOOD")),
        (("The plan can be changed or removed.",), ()),
        (("If pump is small, mode must be set to drip or spray.",), ()),
        (("The value can be 1,024 or 2,048.",), ("1024", "2048")),
        (("Options: 100,200,300",), ("100", "200", "300")),
        (("The value can be A, B, or A.",), ("A", "B")),
        (("- Description: how", "- Allowed values:", "-- drip: slowly", "-- spray: fast"), ("drip", "spray")),
        (("- Min: 1", "- Max: 900"), ()),
        (("- min: the least", "- max: the most"), ("min", "max")),
        (("To find it:", "- Option 1: Open the console.", "- Option 2: Call the API."), ()),
        (("Obtain it in either of the following ways:", "- Console: open it", "- API: call it"), ()),
        (("获取方法如下：", "- Console：打开", "- API：调用"), ()),
        (("The protocol can be tcp or udp.",), ("tcp", "udp")),
        (("Supported protocols are TCP and UDP.",), ("TCP", "UDP")),
        (("- MINIMUM: the least", "- MAXIMUM: the most"), ("MINIMUM", "MAXIMUM")),
    ],
)
def test_values_are_those_that_the_prose_lists(texts: tuple[str, ...], values: tuple[str, ...]) -> None:
    """Values are read from lists and sentences that name all of them, and from no other text."""
    assert limits(parts(*texts), STRING).values == values


@pytest.mark.parametrize(
    ("kind", "texts", "values"),
    [
        (INTEGER, ("- 0: off", "- 1: on"), ("0", "1")),
        (INTEGER, ("- LOW: a", "- HIGH: b"), ()),
        (INTEGER, ("The value ranges from 1 to 5.", "- 3: usual", "- 9: rare"), ()),
        (NUMBER, ("Progress.", "- 0: begun", "- 1: finished"), ()),
        (STRING, ("Maximum: 2", "- drip", "- spray"), ()),
        (STRING, ("Options: true, false",), ("true", "false")),
        (None, ("Options: true, false",), ()),
        (None, ("Options: A, B",), ("A", "B")),
        (ARRAY, ("- A: a", "- B: b"), ("A", "B")),
    ],
)
def test_values_fit_the_type_and_the_bounds(kind: Any, texts: tuple[str, ...], values: tuple[str, ...]) -> None:
    """A list that holds a word for an integer, or a value outside of the bounds, is not a list of values."""
    assert limits(parts(*texts), kind).values == values


def test_an_object_has_no_list_of_values() -> None:
    """List items in the text of an object or a boolean are not allowed values."""
    items = parts("Options:", "- true: yes", "- false: no")
    assert limits(items, DataType("object")).values == ()
    assert limits(items, BOOLEAN).values == ()


@pytest.mark.parametrize(
    "text",
    [
        "This parameter is mandatory when kind is set to A.",
        "When kind is set to A, this parameter is mandatory.",
        "Mandatory if there are several workspaces.",
        "This parameter is required if the review is on.",
        "This parameter must be specified when kind is A.",
        "If the type is jar, the class cannot be empty.",
        "This field is mandatory for token authentication.",
        "当kind为A时，该参数为必选。",
        "如果没有默认空间，该参数必填。",
        "仅当kind为A时必须指定该参数。",
        "kind为A时，不能为空。",
    ],
)
def test_a_sentence_that_names_a_case_is_a_condition(text: str) -> None:
    """The whole sentence is the condition."""
    assert condition(parts(f"Something else. {text}" if text.isascii() else f"其他。{text}")) == text


@pytest.mark.parametrize(
    "text",
    [
        "This parameter is not required when kind is A.",
        "This parameter is optional if kind is A.",
        "If pump is set to small, mode must be set to drip or spray.",
        "当kind为A时，必须设置为B。",
        "To query data in other workspaces, this header must be carried.",
        "如果需要查询其他工作空间的数据，需要带上该消息头。",
        "Data connection required by the engine",
        "This parameter is available only when kind is A.",
        "The default one is used if it is not set.",
        "当kind为A时，该参数可选。",
        "如果kind为A，无需填写。",
    ],
)
def test_a_sentence_that_only_sounds_like_a_condition_is_ignored(text: str) -> None:
    """A parameter that is optional, not needed or only used in a case is not mandatory in that case."""
    assert condition(parts(text)) is None
