import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Chart, roundTicks } from './chart.ts';
import { escapeHtml, htmlTable } from './html.ts';

test.each([
  { from: 0, to: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] },
  { from: -0.1, to: 0.3, ticks: [-0.1, 0, 0.1, 0.2, 0.3] },
  { from: 1, to: 150, ticks: [50, 100, 150] },
])('round numbers from $from to $to', ({ from, to, ticks }) => {
  expect(roundTicks(from, to)).toEqual(ticks);
});

test('round numbers lie within, evenly, and are not too many', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -5, max: 5, noNaN: true }),
      fc.double({ min: 0.01, max: 50, noNaN: true }),
      (from, span) => {
        const ticks = roundTicks(from, from + span);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(11);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(from - 1e-6 * span);
          expect(tick).toBeLessThanOrEqual(from + span * (1 + 1e-6));
        }
      },
    ),
  );
});

describe('a chart', () => {
  const frame = {
    title: 'F of <a> & "b"',
    width: 200,
    height: 138,
    left: 50,
    right: 50,
    top: 0,
    x: { from: 0, to: 1, label: 'x' },
    y: { from: 0, to: 10, label: 'y' },
  };

  test('maps values to pixels: up is more', () => {
    const chart = new Chart(frame);
    expect([chart.x(0), chart.x(0.5), chart.x(1)]).toEqual([50, 100, 150]);
    expect([chart.y(0), chart.y(10)]).toEqual([100, 0]);
  });

  test('names itself, and text within it is no markup', () => {
    const svg = String(new Chart(frame).dot(0.5, 5, 'first', '<script>'));
    expect(svg).toContain('aria-label="F of &#60;a&#62; &#38; &#34;b&#34;"');
    expect(svg).toContain('<title>&#60;script&#62;</title>');
    expect(svg).toContain('cx="100" cy="50"');
  });

  test('a band runs along its upper edge and back along its lower one', () => {
    const svg = String(
      new Chart(frame).band(
        [
          { x: 0, low: 0, high: 5 },
          { x: 1, low: 5, high: 10 },
        ],
        'first',
      ),
    );
    expect(svg).toContain('d="M50 50L150 0L150 50L50 100Z"');
  });

  test('a row without a value shows its name and what is known', () => {
    const svg = String(
      new Chart({ ...frame, y: null }).row(20, 'nothing yet', {
        title: 't',
        value: null,
        interval: null,
        other: 0.5,
        tick: null,
      }),
    );
    expect(svg).toContain('nothing yet');
    expect(svg).not.toContain('<circle');
    expect(svg).toContain('M100 14L106 20');
  });
});

test('a table: caption, heads of columns, rows and groups, escaped', () => {
  const html = htmlTable(
    escapeHtml("a & b's"),
    [
      { head: 'name', heads: true, cell: ({ name }) => escapeHtml(name) },
      { head: 'Se', numeric: true, group: 'here', cell: () => '1' },
      { head: 'P+', numeric: true, group: 'here', cell: () => '2' },
    ],
    [{ name: '<i>' }],
  );
  expect(html).toContain('<caption>a &#38; b&#39;s</caption>');
  expect(html).toContain('aria-label="a &#38; b&#39;s"');
  expect(html).toContain('<th scope="colgroup" colspan="2" class="group">here</th>');
  expect(html).toContain('<th scope="row">&#60;i&#62;</th><td class="n">1</td>');
});
