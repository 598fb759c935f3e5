import type { DetectorFacts } from '@crepitus/analyses';
import { describe, expect, it } from 'vitest';
import { textOf } from '../../text/index.ts';
import { candidatesText, inspirationText, partsText } from './detector-text.ts';

const text = textOf('en');

describe('single crackles and the score', () => {
  it.each([
    ['no measures', null, /independent of each other/, /not independent/],
    ['measures that count them', { countCandidates: true }, /counts them too.*not independent/, /does not/],
    ['other measures', { countCandidates: false }, /fixed rule/, /independent/],
    ['an analysis of an older portal', undefined, /fixed rule/, /independent/],
  ] as const)('of a detector with %s', (_, measures, says, keepsSilentOf) => {
    const said = candidatesText(text, measures);
    expect(said).toMatch(says);
    expect(said).not.toMatch(keepsSilentOf);
  });
});

describe('where the inspiration ends', () => {
  const facts = (change: Partial<DetectorFacts>): DetectorFacts => ({
    calibration: null,
    limits: {
      minimumSampleRate: 4000,
      minimumBandwidthHz: 500,
      minimumSeconds: 0.1,
      maximumSeconds: 30,
      refusedQuality: [],
    },
    ratio: '2:5',
    frontEnd: {} as DetectorFacts['frontEnd'],
    thresholdChosenBy: 'the test',
    trainedOn: [],
    ...change,
  });
  const counted = (...phases: ('measured' | 'ratio' | null)[]) => ({
    candidates: {
      events: [],
      perCycle: phases.map(each => ({ all: 0, inspiration: 0, expiration: 0, phases: each })),
    },
  });

  it.each([
    ['by the cycle alone', { inputs: ['cycle'], phases: 'ratio', measures: null }, /as a whole/],
    [
      'by share',
      { inputs: ['cycle', 'inspiration'], phases: 'ratio', measures: null },
      /first 40 % of every/,
    ],
    [
      'by share, for its measures',
      { inputs: ['cycle'], phases: 'ratio', measures: { countCandidates: true } },
      /first 40 % of every/,
    ],
    [
      'by measured ends',
      { inputs: ['cycle', 'expiration'], phases: 'measured', measures: null },
      /measured end.*elsewhere the first 40 %/,
    ],
  ] as const)('is told of a detector that goes %s', (_, change, says) => {
    expect(inspirationText(text, facts({ ...change, inputs: [...change.inputs] }), counted(null))).toMatch(
      says,
    );
  });

  it('is told of the single crackles by what parted the cycles, and of older analyses of them alone', () => {
    expect(inspirationText(text, facts({}), counted('ratio'))).toBe(
      text.recording.inspiration.candidatesByShare(40),
    );
    expect(inspirationText(text, facts({}), counted('ratio', 'measured'))).toBe(
      text.recording.inspiration.candidatesMeasured,
    );
    expect(inspirationText(text, facts({}), {})).toBe('');
  });
});

describe('the parts of a score', () => {
  it('add up in log odds, in each language', () => {
    const parts = { networksScore: 0.6, measuresLogit: -1.1 };
    expect(partsText(text, { parts }, { calibration: null })).toMatch(
      /^Log odds: networks \+0\.41, measures of the sound −1\.10, together −0\.69\. .*networks’ part alone\.$/,
    );
    const calibration = { slope: 1, intercept: 0, chosenBy: 'the test' };
    expect(partsText(textOf('de'), { parts }, { calibration })).toMatch(
      /Netze \+0,41, Messgrößen des Klangs −1,10, zusammen −0,69 vor der Kalibrierung\./,
    );
  });

  it('are not told where a result has none', () => {
    expect(partsText(text, {}, { calibration: null })).toBeNull();
  });
});
