/** Text as the content of an HTML or SVG element or attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}

export interface Column<Row> {
  readonly head: string;
  /** Above several columns of one kind, for instance `The paper`. */
  readonly group?: string;
  /** Numbers stand to the right. */
  readonly numeric?: boolean;
  /** Heads its row. */
  readonly heads?: boolean;
  /** HTML; text needs `escapeHtml`. */
  readonly cell: (row: Row, index: number) => string;
}

/** A table with a caption and headers that screen readers announce; a wide one scrolls within the page. */
export function htmlTable<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): string {
  const classOf = ({ numeric }: Column<Row>) => (numeric ? ' class="n"' : '');
  const head = columns
    .map(column => `<th scope="col"${classOf(column)}>${escapeHtml(column.head)}</th>`)
    .join('');
  const body = rows.map((row, index) => {
    const cells = columns.map(column => {
      const content = whole(column.cell(row, index));
      return column.heads
        ? `<th scope="row"${classOf(column)}>${content}</th>`
        : `<td${classOf(column)}>${content}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(plainText(caption))}">` +
    `<table><caption>${caption}</caption><thead>${groupRow(columns)}<tr>${head}</tr></thead>\n` +
    `<tbody>${body.join('\n')}</tbody></table></div>`
  );
}

/** Where there is no room, a line breaks before an interval and not in it. */
function whole(cell: string): string {
  return cell.replace(/\[(\S+), (\S+)\]/g, '[$1,\u00a0$2]');
}

function groupRow<Row>(columns: readonly Column<Row>[]): string {
  if (columns.every(({ group }) => group === undefined)) return '';
  const spans: { group: string; columns: number }[] = [];
  for (const { group = '' } of columns) {
    const last = spans.at(-1);
    if (last && last.group === group) last.columns++;
    else spans.push({ group, columns: 1 });
  }
  const cells = spans.map(({ group, columns: span }) =>
    group === ''
      ? `<td colspan="${span}"></td>`
      : `<th scope="colgroup" colspan="${span}" class="group">${escapeHtml(group)}</th>`,
  );
  return `<tr>${cells.join('')}</tr>`;
}

function plainText(html: string): string {
  return html.replace(/<[^>]*>/g, '').replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}
