// Starts Swagger UI on the document that the page names; with the example token where that is the one let in.
"use strict";
const docs = document.getElementById("docs");
const { document: url, scheme, token } = docs.dataset;

// JavaScript rounds numbers above 2^53, such as the bounds of int64. The text of the document has the digits.
function exactly(text, rounded) {
  const found = new Map();
  for (const [digits] of text.matchAll(/(?<![\w.])-?\d{16,}(?![\w.])/g)) {
    const shown = String(Number(digits));
    // Two numbers that are rounded to one can't be told apart.
    found.set(shown, found.has(shown) && found.get(shown) !== digits ? shown : digits);
  }
  return rounded.replace(/-?\d{16,}/g, (digits) => found.get(digits) ?? digits);
}

// Bounds of a schema with all their digits.
function bounds(Original, system) {
  return ({ constraint }) => {
    const value = exactly(system.specSelectors.specStr(), constraint.value);
    return system.React.createElement(Original, { constraint: { ...constraint, value } });
  };
}

// JSON of a response with all digits of its numbers; a browser that can't keep them rounds as ever.
function body(Original, system) {
  return (props) => {
    const { content, contentType, getComponent } = props;
    const isJson = typeof content === "string" && /json/i.test(contentType) && /\d{16,}/.test(content);
    if (!isJson || !JSON.rawJSON) return system.React.createElement(Original, props);
    const keep = (_key, value, context) => (Number.isInteger(value) ? JSON.rawJSON(context.source) : value);
    let shown;
    try {
      shown = JSON.stringify(JSON.parse(content, keep), null, 2);
    } catch {
      return system.React.createElement(Original, props);
    }
    const h = system.React.createElement;
    const code = h(getComponent("HighlightCode", true), { language: "json", canCopy: true }, shown);
    return h("div", null, h("h5", null, "Response body"), code);
  };
}

// A response that is no success takes one line until somebody wants all of it.
function folded(Original, system) {
  const h = system.React.createElement;
  return (props) => {
    const [open, setOpen] = system.React.useState(String(props.code).startsWith("2"));
    if (open) return h(Original, props);
    const [first] = String(props.response.get("description") ?? "").split("\n\n");
    const button = h("button", { type: "button", className: "unfold", onClick: () => setOpen(true) }, "show");
    return h(
      "tr",
      { className: "response folded", "data-code": props.code },
      h("td", { className: "response-col_status" }, props.code),
      h("td", { className: "response-col_description", colSpan: 2 }, first, " ", button),
    );
  };
}

const ui = SwaggerUIBundle({
  url,
  domNode: docs,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // the default asks a server on the internet
  plugins: [
    () => ({
      wrapComponents: { response: folded, responseBody: body, JSONSchema202012KeywordConstraint: bounds },
    }),
  ],
  onComplete() {
    if (token) ui.preauthorizeApiKey(scheme, token);
  },
});
