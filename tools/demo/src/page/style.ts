/** The page's only style sheet. Colours keep a contrast of 4.5 to 1 on their ground, in the dark as well. */
export const STYLE = `
:root {
  --ground: #f6f5f1; --card: #ffffff; --ink: #1d2430; --soft: #5b6472; --line: #e2dfd6; --accent: #0f6b66;
  --good: #1b6e3c; --good-ground: #e4f3e8; --bad: #a5291f; --bad-ground: #fbe6e2; --calm-ground: #e9eef6; --bar: #8fc5bf;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181f; --card: #1c222b; --ink: #e8eaee; --soft: #a3adba; --line: #2e3642; --accent: #6fd0c6;
    --good: #7fdc9f; --good-ground: #18352a; --bad: #ff9d90; --bad-ground: #43201c; --calm-ground: #222c3d; --bar: #2f7d76;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.45 system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif; }
main, body > header, body > footer { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
body > header { display: flex; align-items: baseline; gap: 16px; padding-top: 26px; padding-bottom: 14px; }
h1 { font-size: 24px; letter-spacing: -0.02em; margin: 0; }
h1 span { color: var(--accent); }
h2 { font-size: 18px; margin: 0 0 2px; letter-spacing: -0.01em; }
h3 { font-size: 15px; margin: 0; font-weight: 600; }
p { margin: 0; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
section { margin-bottom: 30px; }
table + p { margin-top: 10px; }
.lead { color: var(--soft); margin-bottom: 12px; }
.meta { color: var(--soft); }
.meta.right { margin-left: auto; text-align: right; }
.verdict { border-radius: 10px; padding: 16px 20px; margin-bottom: 14px; }
.verdict.good { background: var(--good-ground); } .verdict.bad { background: var(--bad-ground); } .verdict.calm { background: var(--calm-ground); }
.headline { font-size: 20px; font-weight: 650; letter-spacing: -0.01em; }
.verdict.good .headline { color: var(--good); } .verdict.bad .headline { color: var(--bad); }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 14px; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; display: flex; flex-direction: column; }
.tile .label, .tile .note { color: var(--soft); font-size: 13px; }
.tile strong { font-size: 26px; font-weight: 650; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--line); border-radius: 10px; border-spacing: 0; overflow: hidden; }
caption { text-align: left; font-weight: 600; padding: 0 0 6px; }
th, td { text-align: left; font-weight: 400; padding: 5px 12px; vertical-align: top; border-top: 1px solid var(--line); }
thead th { color: var(--soft); font-size: 12.5px; border-top: 0; }
tbody th { font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td small { display: block; color: var(--soft); font-size: 12px; }
.none, .empty td, .empty th { color: var(--soft); }
.unit { color: var(--soft); font-size: 12.5px; font-weight: 400; }
.groups { columns: 3; column-gap: 18px; } .groups table { break-inside: avoid; margin-bottom: 16px; }
.pair tbody th { white-space: nowrap; }
.pair { display: grid; grid-template-columns: minmax(0, 1fr); gap: 18px; align-items: start; }
.bar { display: block; width: 100%; height: 3px; margin-top: 3px; } .bar rect { fill: var(--bar); }
.mark { display: inline-block; border-radius: 99px; padding: 1px 9px; font-size: 12.5px; background: var(--calm-ground); white-space: nowrap; }
.mark.good { background: var(--good-ground); color: var(--good); } .mark.bad { background: var(--bad-ground); color: var(--bad); }
.differs th, .differs td { background: var(--bad-ground); }
.problem { color: var(--bad); }
.nothing { background: var(--good-ground); color: var(--good); border-radius: 10px; padding: 14px 18px; }
.breaks { table-layout: fixed; } .breaks thead th:nth-child(1) { width: 25%; } .breaks thead th:nth-child(2) { width: 29%; }
.breaks td { border-top: 0; padding-top: 3px; overflow-wrap: anywhere; }
.cause th { font-weight: 600; padding-top: 9px; } .cause .mark { font-weight: 500; margin-left: 6px; }
.side { text-align: right; font-variant-numeric: tabular-nums; }
.under { display: block; }
.value { font-weight: 600; } .value i { font-weight: 400; color: var(--bad); } abbr { text-decoration: none; }
summary { cursor: pointer; }
dl { margin: 6px 0 2px; font-size: 13px; } dl div { display: flex; gap: 8px; } dt { color: var(--soft); min-width: 96px; } dd { margin: 0; overflow-wrap: anywhere; }
code { font-size: 12.5px; }
footer { color: var(--soft); padding-bottom: 40px !important; font-size: 13px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 900px) { .groups { columns: 1; } .pair { grid-template-columns: 1fr; } .tiles { grid-template-columns: 1fr 1fr; } table { display: block; overflow-x: auto; } }
`;
