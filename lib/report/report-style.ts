// Owns how the report looks. Knows nothing of what it says.

/** The style sheet of the report: two palettes, one column, wide things scroll by themselves. */
export const reportStyle = `
:root {
  --paper: #faf9f6; --card: #ffffff; --ink: #1c1b1a; --muted: #6b6862; --line: #e4e0d8; --accent: #3157d6;
  --good: #12734c; --good-ground: #e6f4ec; --bad: #a3361a; --bad-ground: #fbebe5;
  --s0: #3157d6; --s1: #d9572b; --s2: #178a60; --s3: #a63bb5; --s4: #b98500; --s5: #cf2f66; --s6: #0d829b; --s7: #77756f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #121214; --card: #1a1a1e; --ink: #ecebe8; --muted: #9c9a96; --line: #2d2d33; --accent: #8ba6ff;
    --good: #69d3a2; --good-ground: #13291f; --bad: #ff9e80; --bad-ground: #331b13;
    --s0: #8ba6ff; --s1: #ff976b; --s2: #55cfa0; --s3: #dd8beb; --s4: #e5bd4d; --s5: #ff7fa8; --s6: #58c6dd; --s7: #a5a39d;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
header, main, footer { max-width: 1280px; margin: 0 auto; padding: 0 clamp(16px, 4vw, 40px); }
header { padding-top: clamp(28px, 6vw, 64px); }
.wordmark { display: flex; align-items: center; gap: 10px; margin: 0 0 28px; font-weight: 600; letter-spacing: .02em; }
.wordmark svg { width: 26px; height: 26px; }
.wordmark .there { fill: var(--ink); }
.wordmark .missing { fill: none; stroke: var(--accent); stroke-width: 1.4; stroke-dasharray: 2 1.6; }
h1, h2 { font-family: ui-serif, "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, serif; font-weight: 600; text-wrap: balance; }
h1 { margin: 0; font-size: clamp(30px, 5.4vw, 52px); line-height: 1.08; letter-spacing: -.02em; }
.subtitle { margin: 14px 0 0; max-width: 62ch; color: var(--muted); font-size: clamp(16px, 2vw, 19px); }
h2 { margin: 0 0 20px; font-size: clamp(22px, 3vw, 29px); line-height: 1.2; letter-spacing: -.01em; }
h3 { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 12px; margin: 0 0 10px; font-size: 18px; line-height: 1.3; }
code { padding: 2px 7px; border-radius: 5px; background: var(--paper); border: 1px solid var(--line);
  color: var(--muted); font: 13px/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
section { margin-top: clamp(44px, 7vw, 72px); }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 1px; margin: 36px 0 0;
  padding: 0; overflow: hidden; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.facts div { padding: 16px 16px 16px 0; }
dt { color: var(--muted); font-size: 13px; }
dd { margin: 2px 0 0; font-size: 19px; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
article { margin-top: 24px; padding: clamp(16px, 3vw, 28px); background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
.verdict { margin: 0 0 20px; padding-left: 12px; border-left: 3px solid var(--line); max-width: 72ch; }
.verdict.better { border-color: var(--good); }
.verdict.worse { border-color: var(--bad); color: var(--bad); }
.scroll { overflow-x: auto; -webkit-overflow-scrolling: touch; }
.rows { display: grid; grid-template-columns: auto 1fr; min-width: 640px; }
.row-labels { position: sticky; left: 0; z-index: 1; display: grid; grid-auto-rows: 1fr; padding-right: 12px; background: var(--card); }
.row-labels span { align-self: center; color: var(--muted); font-size: 13px; white-space: nowrap; }
.strip { display: block; width: 100%; height: auto; }
.beside { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 20px 28px; margin-top: 22px; }
.beside > div { flex: 1 1 400px; min-width: 0; }
.beside figure { flex: 0 1 auto; margin: 0; }
.animation { display: block; max-width: 100%; min-height: 128px; image-rendering: pixelated; border-radius: 6px; }
figcaption { display: flex; justify-content: space-around; margin-top: 6px; color: var(--muted); font-size: 13px; }
@media (prefers-reduced-motion: reduce) { .beside figure { display: none; } }
.figures { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 15px; }
.figures th, .figures td { padding: 7px 12px 7px 0; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
.figures th:first-child { text-align: left; }
.figures thead th { color: var(--muted); font-size: 13px; font-weight: 500; }
.figures tbody th { font-weight: 400; }
.figures .model th { color: var(--accent); font-weight: 600; }
.figures .best { font-weight: 700; }
.figures .share { width: 24%; min-width: 40px; text-align: left; }
.bar { display: inline-block; vertical-align: middle; width: calc(100% * var(--share)); min-width: 2px; height: 6px;
  border-radius: 3px; background: var(--muted); opacity: .45; }
.model .bar { background: var(--accent); opacity: 1; }
.chart { display: block; width: 100%; min-width: 500px; max-width: 920px; height: auto; }
.chart text { fill: var(--muted); font-size: 13px; font-variant-numeric: tabular-nums; }
.chart .grid { stroke: var(--line); }
.chart .axis { stroke: var(--muted); opacity: .6; }
.chart .frame { fill: var(--card); stroke: var(--line); }
.chart path { fill: none; stroke: var(--c); stroke-linejoin: round; stroke-linecap: round; }
.chart .raw { opacity: .22; stroke-width: 1; }
.chart .line { stroke-width: 2.25; }
.chart circle { fill: var(--c); stroke: var(--paper); stroke-width: 1.5; }
.chart.scatter { min-width: 0; }
.scatter circle { fill-opacity: .85; stroke: var(--card); stroke-width: 1; }
.legend { display: flex; flex-wrap: wrap; gap: 6px 20px; margin: 14px 0 0; padding: 0; list-style: none; font-size: 14px; font-variant-numeric: tabular-nums; }
.legend i { display: inline-block; width: 10px; height: 10px; margin-right: 8px; border-radius: 50%; background: var(--c); }
.legend b { margin-left: 2px; font-weight: 600; }
.lead { margin: -8px 0 20px; max-width: 70ch; color: var(--muted); }
.muted { color: var(--muted); }
.small { margin: 10px 0 0; font-size: 13px; }
.notes { margin: 0; padding-left: 18px; max-width: 72ch; }
.notes li { margin: 6px 0; }
.notes li::marker { color: var(--muted); }
footer { margin-top: 72px; padding-bottom: 48px; color: var(--muted); font-size: 13px; }
${[0, 1, 2, 3, 4, 5, 6, 7].map((index) => `.series-${index} { --c: var(--s${index}); }`).join('\n')}
@media (max-width: 560px) {
  .figures .share { display: none; }
  .figures { font-size: 14px; }
  .figures th, .figures td { padding-right: 8px; white-space: normal; }
}
@media print { body { background: #fff; } article { break-inside: avoid; } .scroll { overflow: visible; } }
`;
