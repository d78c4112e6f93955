"""Made-up documentation pages: their facts, and their text in each form of the vendor's pages.

`render(page, form)` writes a page, and `facts(page)` returns the facts that a reader must find on it. A `Style` changes
words and spellings only, so all texts of one `Page` have the same facts.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

from attrs import evolve, frozen

from jobexport.drift.facts import (
    ArchiveTree,
    DataType,
    Endpoint,
    ErrorCode,
    Example,
    FileName,
    Form,
    IamAction,
    Language,
    Limits,
    Mandatory,
    MediaType,
    PageFacts,
    Parameter,
    ParameterIn,
    Status,
)
from tests.drift.making.forms import WRITERS, Code, Heading, Line, Paragraph, Part, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

T = TypeVar("T")

RenderedForm = Literal["markdown", "pipes", "html", "rst", "text", "tabs"]
FORMS: tuple[RenderedForm, ...] = get_args(RenderedForm)
"""All forms. Tables are HTML in `markdown`, pipe tables in `pipes`, a cell on each line in `text`, and a row on each
line in `tabs`."""

NO_LIMITS = Limits()
STRING = DataType("string")
INTEGER = DataType("integer")
LONG = DataType("integer", format="int64")
BOOLEAN = DataType("boolean")
DOUBLE = DataType("number", format="double")


@frozen
class Field:
    """A row of a table; `children` are the rows of the table that it leads to."""

    name: str
    type: DataType | None = STRING
    mandatory: Mandatory = "yes"
    prose: str = ""
    condition: str = ""
    """The case in which a `conditional` field is mandatory, such as `kind is set to A`."""
    default: Any = None
    limits: Limits = NO_LIMITS
    children: tuple[Field, ...] = ()


@frozen
class Page:
    """The facts of a made-up page."""

    language: Language = "en"
    title: str = "Copying a Basket"
    document_id: str = "dli_02_9999"
    updated: str = ""
    operation_name: str = ""
    method: str = "POST"
    path: str = "/v1/{project_id}/baskets/{basket}/copy"
    path_fields: tuple[Field, ...] = ()
    query: tuple[Field, ...] = ()
    headers: tuple[Field, ...] = ()
    body: tuple[Field, ...] = ()
    response: tuple[Field, ...] = ()
    media_type: str = ""
    """The media type of the response, stated in prose together with `file_name` and `tree`."""
    file_name: str = ""
    tree: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Folders and their files."""
    file_fields: tuple[Field, ...] = ()
    """The rows of a table about the variables in the tree, which are not parameters."""
    statuses: tuple[tuple[int, str], ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    request: Any = None
    """The body in the example of a request, below a request line."""
    response_body: Any = None
    """The body in the example of a successful response."""
    failure: tuple[int, str, str] | None = None
    """Status, code and message of the example of an error."""
    action: str = ""


@frozen
class Style:
    """A choice between words with the same meaning."""

    seed: int = 0

    def pick(self, key: str, *options: T) -> T:
        """Return one of the options: the first if the seed is 0, else an option that depends on seed and key."""
        return options[zlib.crc32(f"{self.seed} {key}".encode()) % len(options) if self.seed else 0]


def render(page: Page, form: RenderedForm, style: Style | None = None) -> str:
    """Write the page in a form."""
    style = style or Style()
    return WRITERS[form](list(_blocks(page, style)), page)


def translated_form(form: RenderedForm) -> Form:
    """Return the form that a reader recognizes: `pipes` is `markdown`, and `tabs` is `text`."""
    return "markdown" if form == "pipes" else "text" if form == "tabs" else form


def facts(page: Page, form: RenderedForm = "html") -> PageFacts:
    """Return the facts that a reader must find, without places, descriptions, tables, markers and example texts."""
    return PageFacts(
        source="",
        form=translated_form(form),
        language=page.language,
        title=page.title,
        document_id=page.document_id if form not in ("text", "tabs") else "",
        updated=page.updated,
        operation_names=(page.operation_name,) if page.operation_name and form not in ("text", "tabs") else (),
        endpoint=Endpoint(page.method, page.path, 0),
        parameters=tuple(parameters(page)),
        media_types=(MediaType("response", page.media_type, 0),) if page.media_type else (),
        statuses=tuple(_statuses(page)),
        error_codes=tuple(_error_codes(page)),
        examples=tuple(_examples(page)),
        file_names=(FileName(page.file_name, 0),) if page.file_name else (),
        trees=_trees(page),
        actions=(IamAction(page.action, 0, "write", "basket *"),) if page.action else (),
    )


def plain(found: PageFacts) -> PageFacts:
    """Return a reader's facts without the parts that `facts` leaves out."""
    return evolve(
        found,
        source="",
        title_at=0,
        updated_at=0,
        endpoint=found.endpoint and evolve(found.endpoint, at=0),
        parameters=tuple(
            evolve(each, at=0, type_text="", description="", condition=each.condition and "")
            for each in found.parameters
        ),
        media_types=tuple(evolve(each, at=0) for each in found.media_types),
        statuses=tuple(evolve(each, at=0) for each in found.statuses),
        error_codes=tuple(evolve(each, at=0) for each in found.error_codes),
        examples=tuple(evolve(each, at=0, text="") for each in found.examples),
        file_names=tuple(evolve(each, at=0) for each in found.file_names),
        trees=tuple(evolve(each, at=0) for each in found.trees),
        actions=tuple(evolve(each, at=0) for each in found.actions),
        tables=(),
        markers=(),
    )


def parameters(page: Page) -> Iterator[Parameter]:
    """Yield the parameters in the page's order: the rows of a table, then the tables that they lead to."""
    tables: tuple[tuple[ParameterIn, tuple[Field, ...]], ...] = (
        ("path", page.path_fields),
        ("query", page.query),
        ("header", page.headers),
        ("body", page.body),
        ("response", page.response),
    )
    for location, fields in tables:
        yield from _parameters(location, (), fields, _structures(fields))


def _structures(fields: Sequence[Field]) -> dict[str, tuple[Field, ...]]:
    """Return the rows of each structure with a table, by name; other fields of the structure lead to the same table."""
    found: dict[str, tuple[Field, ...]] = {}
    for field in fields:
        for name, rows in ((_structure(field), field.children), *_structures(field.children).items()):
            if rows:
                found.setdefault(name, rows)
    return found


def _parameters(
    location: ParameterIn, above: tuple[str, ...], fields: Sequence[Field], structures: dict[str, tuple[Field, ...]]
) -> Iterator[Parameter]:
    for field in fields:
        yield Parameter(
            location=location,
            path=(*above, field.name),
            at=0,
            type=field.type,
            mandatory=field.mandatory,
            condition="" if field.mandatory == "conditional" else None,
            default=field.default,
            limits=field.limits,
        )
    for field in fields:
        below = field.children or structures.get(_structure(field), ())
        yield from _parameters(location, (*above, field.name), below, structures)


def _statuses(page: Page) -> Iterator[Status]:
    if page.response_body is not None:
        yield Status(200, 0, "example")
    if page.failure:
        yield Status(page.failure[0], 0, "example")
    for code, description in page.statuses:
        yield Status(code, 0, "table", description)


def _error_codes(page: Page) -> Iterator[ErrorCode]:
    if page.failure:
        status, code, message = page.failure
        yield ErrorCode(code, 0, "example", status, message)
    for code, message in page.errors:
        yield ErrorCode(code, 0, "table", None, message)


def _examples(page: Page) -> Iterator[Example]:
    if page.request is not None:
        yield Example("request", 0, "", page.request, "", page.method, _filled(page.path))
    if page.response_body is not None:
        yield Example("response", 0, "", page.response_body, status=200)
    if page.failure:
        status, code, message = page.failure
        yield Example("error", 0, "", {"error_code": code, "error_msg": message}, status=status)


def _trees(page: Page) -> tuple[ArchiveTree, ...]:
    entries = tuple(f"{folder}/{name}" for folder, names in page.tree for name in names)
    return (ArchiveTree(entries, 0, any("{" in name for name in entries)),) if entries else ()


def _filled(path: str) -> str:
    return path.replace("{project_id}", "b384b9e9").replace("{", "my_").replace("}", "")


# ---- a page as blocks ----

_WORDS: dict[str, dict[Language, tuple[str, ...]]] = {
    "function": {"en": ("Function", "Functions"), "zh": ("功能介绍", "功能说明")},
    "authorization": {"en": ("Authorization", "Authorization Information"), "zh": ("授权信息",)},
    "debugging": {"en": ("Debugging",), "zh": ("调试",)},
    "request": {
        "en": ("Request Parameters", "Request", "Request Message", "Requests"),
        "zh": ("请求消息", "请求参数", "请求"),
    },
    "response": {
        "en": ("Response Parameters", "Response", "Response Message", "Responses"),
        "zh": ("响应消息", "响应参数", "响应", "返回消息"),
    },
    "example request": {
        "en": ("Example Request", "Example Requests", "Request Example", "Sample Request"),
        "zh": ("请求示例", "请求样例"),
    },
    "example response": {
        "en": ("Example Response", "Example Responses", "Response Example"),
        "zh": ("响应示例", "响应样例"),
    },
    "statuses": {"en": ("Status Codes", "Status Code"), "zh": ("状态码", "返回值")},
    "errors": {"en": ("Error Codes", "Error Code"), "zh": ("错误码",)},
    "name": {"en": ("Parameter", "Field", "Name"), "zh": ("参数名", "参数名称", "名称", "参数")},
    "mandatory": {"en": ("Mandatory", "Required"), "zh": ("是否必选", "是否必填", "必选")},
    "type": {"en": ("Type", "Parameter Type", "Data Type"), "zh": ("参数类型", "类型")},
    "description": {"en": ("Description",), "zh": ("说明", "描述")},
    "status": {"en": ("Status Code", "HTTP Status Code"), "zh": ("状态码", "HTTP状态码")},
    "code": {"en": ("Error Code",), "zh": ("错误码",)},
    "message": {"en": ("Error Message",), "zh": ("错误信息",)},
    "yes": {"en": ("Yes", "Mandatory", "yes"), "zh": ("是", "必选")},
    "no": {"en": ("No", "Optional", "no"), "zh": ("否", "可选")},
    "path caption": {"en": ("URI parameters", "Path Parameters"), "zh": ("URI参数说明", "路径参数")},
    "query caption": {"en": ("Query Parameters", "Query parameters"), "zh": ("Query参数", "查询参数")},
    "header caption": {
        "en": ("Request header parameters", "Request header parameter"),
        "zh": ("请求Header参数", "请求消息头参数"),
    },
    "body caption": {
        "en": ("Request parameters", "Request body parameters", "Parameters"),
        "zh": ("请求参数说明", "请求Body参数", "参数说明"),
    },
    "response caption": {
        "en": ("Response parameters", "Response body parameters"),
        "zh": ("响应参数说明", "响应Body参数"),
    },
    "files caption": {"en": ("Parameters", "Response parameters"), "zh": ("参数说明",)},
    "statuses caption": {"en": ("Status codes",), "zh": ("状态码",)},
    "errors caption": {"en": ("Error codes",), "zh": ("错误码",)},
}


class _Writer:
    """A writer's state: the page, its style, and the numbers of its tables."""

    def __init__(self, page: Page, style: Style) -> None:
        self.page, self.style = page, style
        self.numbers = 0
        self.leads: dict[str, int] = {}

    def word(self, key: str, salt: str = "") -> str:
        return self.style.pick(key + salt, *_WORDS[key][self.page.language])

    def say(self, key: str, english: Sequence[str], chinese: Sequence[str]) -> str:
        return self.style.pick(key, *(english if self.page.language == "en" else chinese))

    def number(self) -> int:
        self.numbers += 1
        return self.numbers


def _blocks(page: Page, style: Style) -> Iterator[Line]:
    writer = _Writer(page, style)
    if page.updated:
        yield Paragraph(
            writer.say("date", [f"Updated on {page.updated} GMT+08:00"], [f"更新时间：{page.updated} GMT+08:00"])
        )
    yield Heading(page.title, 1)
    yield Heading(writer.word("function"), 2)
    yield Paragraph(writer.say("intro", ["This API does what it is made for."], ["该接口用于完成其工作。"]))
    if page.operation_name:
        yield Heading(writer.word("debugging"), 2)
        yield Paragraph("API Explorer", f"https://apiexplorer.example.com/doc?product=DLI&api={page.operation_name}")
    yield from _authorization(writer)
    yield from _uri(writer)
    yield Heading(writer.word("request"), 2)
    if not page.headers and not page.body:
        yield Paragraph(writer.say("none", ["None", "None."], ["无", "无。"]))
    yield from _tables(writer, "header caption", page.headers)
    yield from _tables(writer, "body caption", page.body)
    yield from _response(writer)
    yield from _shown(writer)
    if page.statuses:
        yield Heading(writer.word("statuses"), 2)
        heads = (writer.word("status"), writer.word("description"))
        yield _plain_table(writer, "statuses caption", heads, [(str(code), text) for code, text in page.statuses])
    if page.errors:
        yield Heading(writer.word("errors"), 2)
        yield _plain_table(writer, "errors caption", (writer.word("code"), writer.word("message")), page.errors)


def _plain_table(writer: _Writer, caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    cells = tuple(tuple((Part("text", cell),) for cell in row) for row in rows)
    return Table(writer.number(), writer.word(caption), tuple(heads), cells)


def _authorization(writer: _Writer) -> Iterator[Line]:
    if not writer.page.action:
        return
    heads = writer.style.pick("heads", ["Action", "Access Level", "Resource Type (*: required)", "Condition Key"])
    if writer.page.language == "zh":
        heads = ["授权项", "访问级别", "资源类型（*为必须）", "条件键"]
    yield Heading(writer.word("authorization"), 2)
    cells = tuple((Part("text", cell),) for cell in (writer.page.action, "write", "basket *", "-"))
    yield Table(0, "", tuple(heads), (cells,))


def _uri(writer: _Writer) -> Iterator[Line]:
    page = writer.page
    yield Heading("URI", 2)
    line = f"{page.method} {page.path}"
    if writer.style.pick("uri", True, False):
        yield Paragraph(writer.say("uri label", ["URI format"], ["URI格式"]), item=True)
        yield Paragraph(line, inside=True)
        yield Paragraph(writer.say("parameters", ["Parameter description"], ["参数说明"]), item=True)
    else:
        yield Paragraph(line)
    yield from _tables(writer, "path caption", page.path_fields)
    yield from _tables(writer, "query caption", page.query)


def _response(writer: _Writer) -> Iterator[Line]:
    page = writer.page
    yield Heading(writer.word("response"), 2)
    if page.media_type:
        yield Paragraph(
            writer.say(
                "media",
                [f"The value of Content-Type in the response message is {page.media_type}."],
                [f"响应消息的Content-Type是{page.media_type}。"],
            )
        )
    if page.file_name:
        yield Paragraph(
            writer.say(
                "file",
                [f"The file name format is {page.file_name}. The files in it are as follows:"],
                [f"响应是一个压缩文件，文件名称格式{page.file_name}，文件目录如下："],
            )
        )
    if page.tree:
        yield Code(
            "\n".join(line for folder, names in page.tree for line in (folder, *(f"├─{name}" for name in names)))
        )
    if page.file_fields:
        yield from _tables(writer, "files caption", page.file_fields)
    yield from _tables(writer, "response caption", page.response)
    if not (page.response or page.media_type or page.file_name or page.tree or page.file_fields):
        yield Paragraph(writer.say("none", ["None", "None."], ["无", "无。"]))


def _shown(writer: _Writer) -> Iterator[Line]:
    """Yield the sections of examples."""
    page = writer.page
    if page.request is not None:
        yield Heading(writer.word("example request"), 2)
        yield Paragraph(writer.say("example", ["Copy a basket."], ["复制一个篮子。"]))
        yield Code(f"{page.method} {_filled(page.path)}\n" + _json(page.request))
    if page.response_body is None and page.failure is None:
        return
    yield Heading(writer.word("example response"), 2)
    if page.response_body is not None:
        yield Paragraph(writer.say("good", ["Success response"], ["成功响应"]), item=True)
        yield Paragraph(
            writer.say("status", ["HTTP status code 200", "Status code: 200"], ["HTTP状态码 200", "状态码：200"]),
            inside=True,
        )
        yield Code(_json(page.response_body), inside=True)
    if page.failure:
        status, code, message = page.failure
        yield Paragraph(writer.say("bad", ["Failure response"], ["失败响应"]), item=True)
        yield Paragraph(
            writer.say(
                "status",
                [f"HTTP status code {status}", f"Status code: {status}"],
                [f"HTTP状态码 {status}", f"状态码：{status}"],
            ),
            inside=True,
        )
        yield Code(_json({"error_code": code, "error_msg": message}), inside=True)


def _json(value: Any) -> str:
    return json.dumps(value, indent=4, ensure_ascii=False)


def _tables(writer: _Writer, caption: str, fields: Sequence[Field]) -> Iterator[Table]:
    """Yield the table of these fields and the tables that they lead to, in the order of `parameters`."""
    if fields:
        yield from _table(writer, writer.number(), writer.word(caption), fields)


def _table(writer: _Writer, number: int, caption: str, fields: Sequence[Field]) -> Iterator[Table]:
    kept = [key for key in ("name", "mandatory", "type", "description") if key != "type" or fields[0].type is not None]
    if fields[0].mandatory == "unknown":
        kept.remove("mandatory")
    if writer.style.pick("order", False, True) and {"mandatory", "type"} <= set(kept):
        kept = ["name", "type", "mandatory", "description"]
    below: list[Iterator[Table]] = []
    rows = []
    for field in fields:
        lead = writer.leads.get(_structure(field), 0)
        if field.children:
            # Depth first: a table's number is known only after the tables before it are written.
            lead = writer.number()
            writer.leads[_structure(field)] = lead
            inner = f"{_structure(field)} data structure description"
            if writer.page.language == "zh":
                inner = f"{field.name}参数说明"
            below.append(
                _table(
                    writer,
                    lead,
                    writer.style.pick(f"inner {field.name}", inner, _structure(field), field.name),
                    field.children,
                )
            )
        cells = {
            "name": (Part("text", field.name),),
            "mandatory": (Part("text", writer.word("no" if field.mandatory == "conditional" else field.mandatory)),)
            if field.mandatory != "unknown"
            else (),
            "type": (Part("text", spelling(field.type, writer.style, writer.page.language, field.name)),)
            if field.type
            else (),
            "description": tuple(_description(writer, field, lead)),
        }
        rows.append(tuple(cells[key] for key in kept))
    yield Table(number, caption, tuple(writer.word(key) for key in kept), tuple(rows))
    for tables in below:
        yield from tables


def _structure(field: Field) -> str:
    kind = field.type
    while kind is not None and kind.items is not None:
        kind = kind.items
    return (kind.name if kind else None) or field.name


def _description(writer: _Writer, field: Field, lead: int) -> Iterator[Part]:
    said = field.prose or writer.say(
        "prose", [f"Something that matters to {field.name}."], [f"与{field.name}有关的内容。"]
    )
    if lead:
        said += writer.say("lead", [f" For details, see Table {lead}."], [f"请参见表{lead}。"])
    yield Part("text", said, lead)
    yield from _limits(writer, field)
    if field.default is not None:
        value = json.dumps(field.default) if not isinstance(field.default, str) else field.default
        yield Part(
            "text",
            writer.say(
                f"default {field.name}",
                [f"Default value: {value}", f"The default value is {value}."],
                [f"默认值：{value}", f"默认值为{value}。", f"缺省值：{value}"],
            ),
        )
    if field.mandatory == "conditional":
        yield Part(
            writer.style.pick("note", "note", "text"),
            writer.say(
                "condition",
                [f"This parameter is mandatory when {field.condition}."],
                [f"当{field.condition}时，该参数为必选。"],
            ),
        )


def _limits(writer: _Writer, field: Field) -> Iterator[Part]:
    limits, say, name = field.limits, writer.say, field.name
    if limits.minimum is not None and limits.maximum is not None:
        low, high = limits.minimum, limits.maximum
        yield Part(
            "text",
            say(
                f"range {name}",
                [f"Value range: {low} to {high}", f"The value ranges from {low} to {high}."],
                [f"取值范围：{low}~{high}", f"取值范围为{low}到{high}。"],
            ),
        )
    if limits.max_length is not None:
        high = limits.max_length
        english = [f"It contains a maximum of {high:,} characters.", f"The length cannot exceed {high} characters."]
        chinese = [f"长度不能超过{high}个字符。", f"最大长度为{high}个字符。"]
        if limits.min_length is not None:
            english = [f"The value contains {limits.min_length} to {high} characters."]
            chinese = [f"长度为{limits.min_length}~{high}个字符。"]
        yield Part("text", say(f"length {name}", english, chinese))
    if limits.max_items is not None:
        english = [f"A maximum of {limits.max_items} baskets can be copied at a time."]
        yield Part("text", say(f"items {name}", english, [f"一次最多支持{limits.max_items}个篮子。"]))
    if limits.values:
        yield from _values(writer, field)


def _values(writer: _Writer, field: Field) -> Iterator[Part]:
    values = field.limits.values
    if writer.style.pick(f"values {field.name}", True, False):
        yield Part(
            "text",
            writer.say(
                f"options {field.name}",
                ["The options are as follows:", "Enumeration values:"],
                ["取值如下：", "枚举值："],
            ),
        )
        explained = writer.style.pick(f"explained {field.name}", True, False)
        for value in values:
            yield Part(
                "item",
                writer.say("item", [f"{value}: the way of {value.lower()}"], [f"{value}：一种方式"])
                if explained
                else value,
            )
    else:
        english = f"The value can be {', '.join(values[:-1])} or {values[-1]}."
        yield Part("text", writer.say("sentence", [english], [f"取值为{'、'.join(values)}。"]))


_KINDS = {
    ("string", None): ("String", "string"),
    ("integer", None): ("Integer", "Int", "int"),
    ("integer", "int64"): ("Long", "long"),
    ("boolean", None): ("Boolean", "boolean"),
    ("number", "double"): ("Double", "double"),
    ("number", "float"): ("Float",),
    ("object", None): ("Object", "object"),
    ("array", None): ("List", "Array"),
}


def spelling(kind: DataType | None, style: Style, language: Language, key: str = "") -> str:
    """Return a spelling of a type."""
    if kind is None:
        return ""
    if kind.kind == "map":
        return f"Map<String,{spelling(kind.items, style, language, key)}>"
    if kind.kind == "array" and kind.items is not None:
        inner = spelling(kind.items, Style(), language, key)
        options = [f"Array of {_plural(inner)}", f"List<{_bare(inner)}>", f"[{_bare(inner)}]", f"Array<{_bare(inner)}>"]
        return style.pick(f"array {key}", *options)
    if kind.kind == "object" and kind.name:
        return style.pick(f"object {key}", f"{kind.name} object", f"{kind.name} data structure")
    return style.pick(f"kind {key}", *_KINDS[kind.kind, kind.format])


def _plural(word: str) -> str:
    return word if word.endswith(">") or " of " in word else f"{word}s"


def _bare(word: str) -> str:
    return word.removesuffix(" object")
