// Starts Swagger UI on the document that the page names; with the example token where that is the one let in.
"use strict";
const docs = document.getElementById("docs");
const { document: url, scheme, token } = docs.dataset;
const ui = SwaggerUIBundle({
  url,
  domNode: docs,
  deepLinking: true,
  defaultModelsExpandDepth: 1,
  validatorUrl: null, // the default asks a server on the internet
  onComplete() {
    if (token) ui.preauthorizeApiKey(scheme, token);
  },
});
