/** The look of a report: light and dark by the reader's choice, black on white in print, wide tables scroll by themselves. */
export const pageStyle = `
:root{color-scheme:light dark;--ink:#1f2933;--paper:#fff;--line:#9aa5b1aa;--muted:#5a6775;--first:#0f766e;--second:#c2410c;--card:#f5f7fa}
@media (prefers-color-scheme:dark){:root{--ink:#e4e7eb;--paper:#12171d;--line:#7b879466;--muted:#a3afbb;--first:#2dd4bf;--second:#fb923c;--card:#1c242d}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:1240px;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{margin:.2em 0;font-size:1.6rem;line-height:1.25;overflow-wrap:anywhere}h2{margin:2.8rem 0 .6rem;font-size:1.3rem;border-bottom:1px solid var(--line)}
h3{margin:2rem 0 .4rem;font-size:1.05rem;overflow-wrap:anywhere}
.notice{border-left:4px solid var(--second);padding:.4rem .8rem;background:var(--card)}
.muted,.notes,.legend,figcaption,caption{color:var(--muted)}.notes,figcaption,.legend{font-size:.88rem}
.notes{padding-left:1.2rem}li,dd,figcaption,p{overflow-wrap:anywhere}.summary{font-size:1.02rem;padding-left:1.2rem}.summary li{margin:.25rem 0}
.unfinished{color:var(--second)}
nav ol{columns:16rem 3;padding-left:1.4rem;font-size:.95rem}a{color:inherit}
.scroll{overflow-x:auto;margin:.8rem 0}.scroll:focus-visible,pre:focus-visible{outline:2px solid var(--first)}
table{border-collapse:collapse;font-size:.86rem}td code{white-space:normal}caption{max-width:calc(min(100vw,1240px) - 2rem);text-align:left;padding:.2rem .5rem .4rem 0;font-weight:600}
th,td{text-align:left;padding:.26rem .55rem;border-bottom:1px solid var(--line);white-space:nowrap;vertical-align:bottom}
th{font-weight:600}thead th{white-space:normal}tbody th{font-weight:500}thead td,.group{border-bottom:0}thead .group{white-space:nowrap}tbody td,tbody th{vertical-align:top}.group{text-align:center;border-left:1px solid var(--line)}
tbody th[scope=row]{position:sticky;left:0;background:var(--paper)}
.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:normal}
tbody tr:hover>*{background:var(--card)}
figure{margin:.8rem 0;background:var(--card);border-radius:6px;padding:.6rem;overflow-x:auto}figcaption{margin-top:.3rem}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(21rem,100%),1fr));gap:.8rem}.plots figure{margin:0}.plots .wide{grid-column:1/-1}
svg{display:block;width:100%;height:auto}section>figure svg{min-width:640px;max-width:900px}
svg text{fill:var(--ink);font:11px system-ui,sans-serif}svg .tick{fill:var(--muted);font-size:10.5px}svg .name{font-size:12px}
svg .grid{stroke:var(--line);stroke-width:.6;fill:none}svg .line{fill:none;stroke-width:2}svg .dashed{stroke-dasharray:5 4;stroke-width:1.6}
svg .band{opacity:.18;stroke:none}svg .hit{fill:transparent}
svg .line.first{stroke:var(--first)}svg .line.second{stroke:var(--second)}svg .line.quiet{stroke:var(--muted);stroke-width:1.2}
svg .band.first,svg .dot.first{fill:var(--first)}svg .band.second,svg .dot.second{fill:var(--second)}
svg .dot.hollow{fill:var(--card);stroke-width:1.6}svg .dot.hollow.first{stroke:var(--first)}svg .dot.hollow.second{stroke:var(--second)}svg .dot.hollow.quiet{stroke:var(--ink)}
.key{display:inline-block;width:1.6rem;border-top:3px solid var(--first);vertical-align:middle}.key.second{border-top:3px dashed var(--second)}.key.quiet{border-top:2px dashed var(--muted)}
pre{background:var(--card);padding:.8rem;overflow-x:auto;font-size:.82rem;border-radius:6px}code{font-size:.9em;overflow-wrap:anywhere}
dt{font-weight:600;margin-top:.6rem}dd{margin:0 0 0 1.2rem}
@media (max-width:700px){tbody th[scope=row]{position:static}table{font-size:.78rem}th,td{padding:.24rem .4rem}h1{font-size:1.3rem}}
@media print{
:root{color-scheme:light;--ink:#000;--paper:#fff;--line:#888;--muted:#333;--first:#0f766e;--second:#b03a08;--card:#fff}
@page{size:A4 landscape;margin:12mm}
body{font-size:10pt}main{max-width:none;padding:0}nav{display:none}
table{font-size:6.4pt}th,td{padding:.1rem .25rem}.scroll,figure,pre{overflow:visible}pre{white-space:pre-wrap}
figure,tr{break-inside:avoid}h2,h3,caption{break-after:avoid}thead{display:table-header-group}
.plots{grid-template-columns:repeat(3,1fr)}svg{min-width:0!important}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
