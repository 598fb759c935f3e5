/** As much of Markdown as model cards use: headings, paragraphs, lists, tables, bold and code. Drawn as elements, never as HTML. */
import type { ReactNode } from 'react';

/** @param topLevel of the heading that a `#` becomes */
export function Markdown({ text, topLevel }: { text: string; topLevel: number }) {
  return blocksOf(text).map((block, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the text does not change
    <Block key={i} lines={block} topLevel={topLevel} />
  ));
}

function blocksOf(text: string): string[][] {
  return text
    .split(/\n{2,}/)
    .map(block => block.split('\n').filter(line => line.trim() !== ''))
    .filter(lines => lines.length > 0);
}

function Block({ lines, topLevel }: { lines: string[]; topLevel: number }) {
  const first = lines[0]!;
  const heading = /^(#+) (.*)/.exec(first);
  if (heading !== null) {
    const Heading = `h${Math.min(6, topLevel + heading[1]!.length - 1)}` as 'h3';
    return (
      <>
        <Heading>
          <Inline text={heading[2]!} />
        </Heading>
        {lines.length > 1 && <Block lines={lines.slice(1)} topLevel={topLevel} />}
      </>
    );
  }
  if (first.startsWith('|')) return <Table rows={lines.map(cellsOf)} />;
  if (first.startsWith('- '))
    return (
      <ul className="facts">
        {lines.map(line => (
          <li key={line}>
            <Inline text={line.replace(/^- /, '')} />
          </li>
        ))}
      </ul>
    );
  return (
    <p>
      <Inline text={lines.join(' ')} />
    </p>
  );
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\||\|$/g, '')
    .split('|')
    .map(cell => cell.trim());
}

/** The second row is the line of dashes. */
function Table({ rows: [head, , ...rows] }: { rows: string[][] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head!.map(cell =>
              cell === '' ? (
                <td key="" />
              ) : (
                <th key={cell} scope="col">
                  <Inline text={cell} />
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.join('|')}>
              {row.map((cell, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its column
                <td key={i}>
                  <Inline text={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Inline({ text }: { text: string }): ReactNode {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part, i) => {
    // biome-ignore-start lint/suspicious/noArrayIndexKey: the text does not change
    if (part.startsWith('**')) return <strong key={i}>{part.slice(2, -2)}</strong>;
    if (part.startsWith('`')) return <code key={i}>{part.slice(1, -1)}</code>;
    // biome-ignore-end lint/suspicious/noArrayIndexKey: the text does not change
    return part;
  });
}
