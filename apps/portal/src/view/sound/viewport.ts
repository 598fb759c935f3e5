/** Which part of a recording pictures show: of time in seconds, of frequency on the scale of a picture's bands. */

/** Seconds that a picture shows. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Hz that a picture shows. */
export interface FrequencyRange {
  readonly low: number;
  readonly high: number;
}

/** What a drag over a picture covers; frequencies where the picture has some. */
export interface Box extends Span {
  readonly range: FrequencyRange | null;
}

/** Seconds: a crackle fills the least of it. */
const shortestSpan = 0.02;
/** Bands: fewer say nothing. */
const fewestBands = 4;

/** As near to what is wanted as the recording allows. */
export function spanWithin(from: number, length: number, seconds: number): Span {
  const whole = Math.min(seconds, Math.max(shortestSpan, length));
  const start = Math.min(Math.max(0, from), seconds - whole);
  return { from: start, to: start + whole };
}

/** The span made longer (factor above 1) or shorter; the moment that it is anchored at keeps its place on the screen. */
export function spanZoomed(span: Span, factor: number, anchor: number, seconds: number): Span {
  const length = Math.min(seconds, Math.max(shortestSpan, (span.to - span.from) * factor));
  const within = anchor >= span.from && anchor <= span.to;
  const share = within ? (anchor - span.from) / (span.to - span.from) : 0.5;
  const fixed = span.from + share * (span.to - span.from);
  return spanWithin(fixed - share * length, length, seconds);
}

/** Moved so that the moment is seen: not at all where it is, by pages where it runs out of the picture. */
export function spanShowing(span: Span, at: number, seconds: number): Span {
  if (at >= span.from && at <= span.to) return span;
  return spanWithin(at, span.to - span.from, seconds);
}

/** Where frequencies lie on the bands of a picture: band b from b to b + 1, its centre in the middle. */
export interface FrequencyScale {
  readonly bands: number;
  /** 0: the lower end of the lowest band; `bands`: the upper end of the highest. */
  placeOf(hz: number): number;
  hzAt(place: number): number;
  /** All of it. */
  readonly whole: FrequencyRange;
}

/** @param centresHz of the bands, rising; straight lines between them and on beyond the outermost */
export function frequencyScale(centresHz: readonly number[]): FrequencyScale {
  const bands = centresHz.length;
  const last = bands - 1;
  const centre = (band: number) => centresHz[Math.min(last, Math.max(0, band))]!;
  const stepAt = (band: number) => (last === 0 ? 1 : centre(band + 1) - centre(band));
  const hzAt = (place: number) => {
    const at = place - 0.5;
    const band = Math.max(0, Math.min(last - 1, Math.floor(at)));
    return Math.max(0, centre(band) + (at - band) * stepAt(band));
  };
  return {
    bands,
    hzAt,
    placeOf(hz) {
      const above = centresHz.findIndex(centre => centre >= hz);
      const band = Math.max(0, above < 0 ? last - 1 : Math.min(last - 1, above - 1));
      return band + 0.5 + (hz - centre(band)) / stepAt(band);
    },
    whole: { low: hzAt(0), high: hzAt(bands) },
  };
}

/** As near to what is wanted as the scale allows; at least a few bands wide. */
export function rangeWithin({ low, high }: FrequencyRange, scale: FrequencyScale): FrequencyRange {
  const [from, to] = [scale.placeOf(Math.min(low, high)), scale.placeOf(Math.max(low, high))];
  return rangeOfPlaces(from, to - from, scale);
}

/** Narrower (factor below 1) or wider in bands, the frequency that it is anchored at in its place. */
export function rangeZoomed(
  range: FrequencyRange,
  factor: number,
  anchorHz: number,
  scale: FrequencyScale,
): FrequencyRange {
  const [from, to] = [scale.placeOf(range.low), scale.placeOf(range.high)];
  const anchor = Math.min(to, Math.max(from, scale.placeOf(anchorHz)));
  const length = Math.min(scale.bands, Math.max(fewestBands, (to - from) * factor));
  return rangeOfPlaces(anchor - ((anchor - from) / (to - from)) * length, length, scale);
}

/** Up (positive) or down by a share of what is shown. */
export function rangeMoved(range: FrequencyRange, share: number, scale: FrequencyScale): FrequencyRange {
  const [from, to] = [scale.placeOf(range.low), scale.placeOf(range.high)];
  return rangeOfPlaces(from + share * (to - from), to - from, scale);
}

function rangeOfPlaces(from: number, length: number, scale: FrequencyScale): FrequencyRange {
  const whole = Math.min(scale.bands, Math.max(fewestBands, length));
  const start = Math.min(Math.max(0, from), scale.bands - whole);
  return { low: scale.hzAt(start), high: scale.hzAt(start + whole) };
}

/** The box between two corners of a drag; null where it is no more than a press. */
export function boxBetween(
  a: { readonly x: number; readonly y: number; readonly seconds: number; readonly hz: number | null },
  b: { readonly x: number; readonly y: number; readonly seconds: number; readonly hz: number | null },
): Box | null {
  const [wide, high] = [Math.abs(a.x - b.x), Math.abs(a.y - b.y)];
  if (wide < leastDrag) return null;
  return {
    from: Math.min(a.seconds, b.seconds),
    to: Math.max(a.seconds, b.seconds),
    // A drag along a line means time alone.
    range:
      a.hz === null || b.hz === null || high < leastDrag
        ? null
        : { low: Math.min(a.hz, b.hz), high: Math.max(a.hz, b.hz) },
  };
}

/** CSS pixels. */
const leastDrag = 6;
