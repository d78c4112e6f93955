// Shows the document of the page. Nothing is fetched: no fonts, no proxy, no requests to the vendor's hosts.
"use strict";
Scalar.createApiReference("#api", {
  content: JSON.parse(document.getElementById("document").textContent),
  withDefaultFonts: false,
  hideClientButton: true,
  hideTestRequestButton: true,
  hiddenClients: true,
  documentDownloadType: "none",
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
  telemetry: false,
});
