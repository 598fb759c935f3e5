const margin = { left: 56, right: 86, top: 14, bottom: 42 };

/** The loss over the epochs: a line through the batches, dots for the held-out pictures. Colours come from the page's style. */
export class LossCurve {
  #figure;
  #svg = element('svg', { role: 'img' });
  #epochs;
  #batches = [];
  #heldOut = [];

  constructor(figure, epochs) {
    this.#figure = figure;
    this.#epochs = epochs;
    figure.prepend(this.#svg);
    new ResizeObserver(() => this.#draw()).observe(figure);
  }

  clear() {
    this.#batches = [];
    this.#heldOut = [];
    this.#draw();
  }

  /** `epoch` counts parts of epochs as well: 1.5 is the middle of the second. */
  addBatch(epoch, loss) {
    this.#batches.push([epoch, loss]);
    this.#draw();
  }

  addHeldOut(epoch, loss) {
    this.#heldOut.push([epoch, loss]);
    this.#draw();
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.#figure;
    const right = width - margin.right;
    const bottom = height - margin.bottom;
    const most = Math.max(1, ...[...this.#batches, ...this.#heldOut].map(([, loss]) => loss));
    const step = most > 4 ? 1 : most > 1.6 ? 0.5 : 0.2;
    const top = step * Math.ceil(most / step);
    const x = epoch => margin.left + ((right - margin.left) * epoch) / this.#epochs;
    const y = loss => bottom - ((bottom - margin.top) * loss) / top;

    const parts = [];
    for (let i = 0; i * step <= top + step / 2; i++) {
      const at = y(i * step);
      parts.push(element('line', { class: 'grid', x1: margin.left, x2: right, y1: at, y2: at }));
      const decimals = step < 1 ? 1 : 0;
      parts.push(text((i * step).toFixed(decimals), { x: margin.left - 8, y: at + 4, 'text-anchor': 'end' }));
    }
    for (let epoch = 0; epoch <= this.#epochs; epoch++)
      parts.push(text(epoch, { x: x(epoch), y: bottom + 18, 'text-anchor': 'middle' }));
    parts.push(text('epochs', { x: (margin.left + right) / 2, y: bottom + 36, 'text-anchor': 'middle' }));

    const middle = (margin.top + bottom) / 2;
    parts.push(
      text('loss', { x: 12, y: middle, transform: `rotate(-90 12 ${middle})`, 'text-anchor': 'middle' }),
    );

    const line = this.#batches.map(([epoch, loss]) => `${x(epoch)},${y(loss)}`).join(' ');
    parts.push(element('polyline', { class: 'training', points: line }));
    for (const [epoch, loss] of this.#heldOut)
      parts.push(element('circle', { class: 'held-out', cx: x(epoch), cy: y(loss), r: 4 }));

    parts.push(...this.#legend(right + 12));
    this.#svg.replaceChildren(...parts);
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.#svg.setAttribute('aria-label', this.#inWords());
  }

  #legend(left) {
    const [first, second] = [margin.top + 6, margin.top + 28];
    return [
      element('polyline', { class: 'training', points: `${left},${first} ${left + 14},${first}` }),
      text('batch', { x: left + 20, y: first + 4 }),
      element('circle', { class: 'held-out', cx: left + 7, cy: second, r: 4 }),
      text('held out', { x: left + 20, y: second + 4 }),
    ];
  }

  #inWords() {
    const last = this.#heldOut.at(-1);
    if (!last) return 'Loss over the epochs: nothing yet';
    return `Loss over the epochs: from ${this.#heldOut[0][1].toFixed(2)} to ${last[1].toFixed(2)} on held-out pictures`;
  }
}

function element(name, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function text(content, attributes) {
  const made = element('text', attributes);
  made.textContent = content;
  return made;
}
