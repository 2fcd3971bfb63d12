export const STYLE = `
:root { color-scheme: light dark; --good: #1a7f37; --bad: #cf222e; --dim: #6e7781; --line: #8884; --soft: #8881; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h1 b, .state { text-transform: uppercase; letter-spacing: .03em; }
.passed { color: var(--good); } .failed, .infrastructure { color: var(--bad); }
.skipped, .interrupted, .dim { color: var(--dim); }
table { border-collapse: collapse; } td, th { padding: .15rem 1rem .15rem 0; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
details { border-top: 1px solid var(--line); padding: .3rem 0; } summary { cursor: pointer; }
.state { display: inline-block; width: 5.5em; font-size: .8em; font-weight: 600; }
.time { float: right; color: var(--dim); font-variant-numeric: tabular-nums; }
details > div { margin: .5rem 0 1rem 1.2rem; }
pre { background: var(--soft); padding: .7rem; overflow-x: auto; font-size: .85em; white-space: pre-wrap; }
.steps { width: 100%; } .steps td:nth-child(1) { width: 45%; } .steps td:nth-child(3) { width: 35%; }
.bar { height: .7em; min-width: 2px; background: var(--good); opacity: .7; } .bar.failed { background: var(--bad); }
`;
