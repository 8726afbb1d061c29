/**
 * The shell of a page in the workbench: nothing from outside, one script that may run, the workbench's colours. What the page shows is sent
 * to it as HTML that was escaped where it was made.
 */

/** The whole page. `nonce` is of this page alone; `source` is the webview's `cspSource`. */
export function shell(nonce: string, source: string): string {
  const policy = `default-src 'none'; style-src ${source} 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src ${source}`;
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><style nonce="${nonce}">${style}</style></head>
<body><main id="main"></main><script nonce="${nonce}">${script}</script></body></html>`;
}

/** A nonce: 128 bits that nobody guesses. */
export const nonce = (): string => crypto.randomUUID().replaceAll("-", "");

const style = `
body { padding: 0 10px 16px; font-size: 12px; color: var(--vscode-foreground); }
h1 { font-size: 13px; font-weight: 600; margin: 10px 0 4px; } h2 { font-size: 12px; font-weight: 600; margin: 14px 0 4px; }
p { margin: 4px 0; } .quiet { color: var(--vscode-descriptionForeground); }
a, td [data-open] { color: var(--vscode-textLink-foreground); cursor: pointer; text-decoration: none; }
a:hover, td [data-open]:hover { text-decoration: underline; }
button { color: var(--vscode-button-foreground); background: var(--vscode-button-background); border: none; padding: 4px 10px; border-radius: 2px; cursor: pointer; font: inherit; margin: 2px 6px 2px 0; }
button:hover { background: var(--vscode-button-hoverBackground); }
select { color: var(--vscode-dropdown-foreground); background: var(--vscode-dropdown-background); border: 1px solid var(--vscode-dropdown-border); padding: 2px; font: inherit; max-width: 100%; }
.scroll { overflow-x: auto; } .graph { display: block; margin: 4px 0; max-width: none; }
.graph text { font: 11px var(--vscode-editor-font-family, monospace); fill: var(--vscode-foreground); }
.graph rect { fill: var(--vscode-editorWidget-background); stroke: var(--vscode-charts-blue); stroke-width: 1; }
.graph .given rect { stroke: var(--vscode-charts-foreground); stroke-dasharray: 3 2; }
.graph g:hover rect, .graph g:focus rect { stroke-width: 2; } .graph g:focus { outline: none; }
.graph .name { font-weight: bold; } .graph .uses { fill: var(--vscode-descriptionForeground); }
.graph .edge { fill: none; stroke: var(--vscode-descriptionForeground); stroke-opacity: .7; } .graph .tip { fill: var(--vscode-descriptionForeground); }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 8px; }
figure { margin: 0; } figcaption { color: var(--vscode-descriptionForeground); } figcaption b { color: var(--vscode-foreground); }
figure svg { width: 100%; height: auto; } figure text { font-size: 9px; fill: var(--vscode-descriptionForeground); }
.grid { stroke: var(--vscode-descriptionForeground); stroke-opacity: .25; } .curve { fill: none; stroke: var(--vscode-charts-blue); stroke-width: 1.5; } .dot { fill: var(--vscode-charts-blue); }
details { border-top: 1px solid var(--vscode-widget-border, var(--vscode-panel-border)); padding: 4px 0; } summary { cursor: pointer; } summary b { font-weight: 600; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: 2px 8px 2px 0; vertical-align: top; font-weight: normal; }
th { color: var(--vscode-descriptionForeground); } td.number, th.number { text-align: right; white-space: nowrap; }
td.fused { color: var(--vscode-descriptionForeground); } .live { color: var(--vscode-charts-green); }
code { font-family: var(--vscode-editor-font-family, monospace); }
`;

/** Shows what it is sent, keeps open what was open, and tells what was clicked. */
const script = `
const vscode = acquireVsCodeApi();
const main = document.getElementById("main");
let open = new Set((vscode.getState() || {}).open || []);
addEventListener("message", ({ data }) => {
  if (typeof data.html !== "string") return;
  const at = document.scrollingElement.scrollTop;
  main.innerHTML = data.html;
  for (const each of main.querySelectorAll("details")) {
    each.open = open.has(each.id);
    each.addEventListener("toggle", () => { each.open ? open.add(each.id) : open.delete(each.id); vscode.setState({ open: [...open] }); });
  }
  document.scrollingElement.scrollTop = at;
});
const act = (target) => {
  const to = target.closest("[data-open], [data-command]");
  if (!to) return;
  if (to.dataset.command) vscode.postMessage({ command: to.dataset.command, of: to.dataset.of });
  else vscode.postMessage({ open: to.dataset.open, line: Number(to.dataset.line || 0) });
};
addEventListener("click", (event) => act(event.target));
addEventListener("keydown", (event) => { if (event.key === "Enter") act(event.target); });
addEventListener("change", (event) => { if (event.target.dataset.choose) vscode.postMessage({ choose: event.target.value }); });
vscode.postMessage({ ready: true });
`;
