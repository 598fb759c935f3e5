import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chestSites, sprsoundSites } from '../channel-map.ts';
import { cycleLabels } from '../recording.ts';
import {
  channelMapOf,
  formatManifest,
  type Manifest,
  type ManifestFiles,
  parseManifest,
} from './manifest.ts';

const files = {
  recordings: 'path,subject,group,device,age\nday1/a.wav,S1,IPF,Meditron,61\nb.flac,S2,,,\n',
  channels: 'path,channel,kind,site\nday1/a.wav,0,sound,Pl\nday1/a.wav,1,airflow,\n',
  cycles:
    'path,channel,start,end,inspiration_end,label,reader\nday1/a.wav,0,2.5,5,,fine-crackle,MK\nday1/a.wav,,0,2.5,1.1,normal,\n',
} satisfies ManifestFiles;

test('a manifest of three tables', () => {
  expect(parseManifest(files, 'own')).toEqual({
    recordings: [
      {
        path: 'day1/a.wav',
        line: 2,
        subject: 'S1',
        group: 'IPF',
        device: 'Meditron',
        site: null,
        attributes: { age: '61' },
      },
      { path: 'b.flac', line: 3, subject: 'S2', group: null, device: null, site: null, attributes: {} },
    ],
    channels: [
      { path: 'day1/a.wav', channel: 0, kind: 'sound', site: 'Pl', attributes: {} },
      { path: 'day1/a.wav', channel: 1, kind: 'airflow', site: null, attributes: {} },
    ],
    cycles: [
      {
        path: 'day1/a.wav',
        channel: null,
        start: 0,
        end: 2.5,
        inspirationEnd: 1.1,
        label: 'normal',
        attributes: {},
      },
      {
        path: 'day1/a.wav',
        channel: 0,
        start: 2.5,
        end: 5,
        inspirationEnd: null,
        label: 'fine-crackle',
        attributes: { reader: 'MK' },
      },
    ],
    findings: [],
  });
});

test('the channel map of one recording', () => {
  const manifest = parseManifest(files, 'own');
  expect(channelMapOf(manifest, 'day1/a.wav')).toEqual([
    { channel: 0, kind: 'sound', site: 'Pl' },
    { channel: 1, kind: 'airflow', site: null },
  ]);
  expect(channelMapOf(manifest, 'b.flac')).toBeNull();
});

test('recordings.csv alone is enough', () => {
  const manifest = parseManifest({ recordings: 'subject,path,site\nS1,a.wav,Tc\n' }, 'own');
  expect(manifest).toMatchObject({
    recordings: [{ path: 'a.wav', site: 'Tc' }],
    channels: null,
    cycles: null,
  });
});

test.each([
  ['CRLF', 'path,subject\r\na.wav,S1\r\n'],
  ['a byte order mark', '\uFEFFpath,subject\na.wav,S1\n'],
  ['blank lines and spaces', 'path , subject\n\n a.wav , S1 \n\n'],
  ['quoted cells', '"path","subject"\n"a.wav","S1"'],
  ['a Windows path', 'path,subject\n.\\a.wav,S1\n'],
])('%s', (_, recordings) => {
  const manifest = parseManifest({ recordings }, 'own');
  expect(manifest.recordings).toMatchObject([{ path: 'a.wav', subject: 'S1' }]);
  expect(manifest.findings).toEqual([]);
});

test.each([...chestSites, ...sprsoundSites])('the site %s is known', site => {
  const manifest = parseManifest({ recordings: `path,subject,site\na.wav,S1,${site}\n` }, 'own');
  expect(manifest.recordings).toMatchObject([{ site }]);
  expect(manifest.findings).toEqual([]);
});

describe('a table that makes no sense is refused in one sentence', () => {
  test.each([
    ['', 'table-empty', 'own/recordings.csv is empty; it needs a header: path,subject.'],
    [
      'path;subject\na.wav;S1\n',
      'table-separator',
      'own/recordings.csv is separated by semicolons; save it with commas, and numbers with points.',
    ],
    [
      'path\tsubject\na.wav\tS1\n',
      'table-separator',
      'own/recordings.csv is separated by tabs; save it with commas, and numbers with points.',
    ],
    [
      'path,Subject\na.wav,S1\n',
      'table-columns',
      'own/recordings.csv has no column "subject" (its "Subject"?); its first line must name at least path, subject.',
    ],
    [
      'a.wav,S1\n',
      'table-columns',
      'own/recordings.csv has no column "path"; its first line must name at least path, subject.',
    ],
    [
      'path,subject,path\n',
      'table-columns',
      'own/recordings.csv has two columns "path"; remove or rename one.',
    ],
    ['p\0a\0t\0h\0', 'table-encoding', 'own/recordings.csv is no UTF-8 text; save it as CSV (UTF-8).'],
    [
      'path,subject\n"a.wav,S1\n',
      'table-syntax',
      expect.stringMatching(/^own\/recordings\.csv cannot be read as CSV/),
    ],
  ])('%j', (recordings, code, message) => {
    expect(() => parseManifest({ recordings }, 'own')).toThrow(
      expect.objectContaining({ name: 'CrepitusError', kind: 'input', code, message }),
    );
  });
});

describe('a row that makes no sense is left out or mended, and named by its line', () => {
  const cases: [keyof ManifestFiles, string, string, string][] = [
    ['recordings', ',S9,,,', 'cell-missing', 'own/recordings.csv line 4 has no path; left out.'],
    ['recordings', 'c.wav,,,,', 'cell-missing', 'own/recordings.csv line 4 has no subject; left out.'],
    [
      'recordings',
      'b.flac,S3,,,',
      'duplicate-recording',
      'own/recordings.csv line 4 names b.flac again (first in line 3); left out.',
    ],
    [
      'recordings',
      'c.wav,S3',
      'bad-row',
      'own/recordings.csv line 4 has 2 cells where the header has 5; left out.',
    ],
    [
      'channels',
      'c.wav,0,sound,',
      'path-unlisted',
      'own/channels.csv line 4 names "c.wav", which recordings.csv does not list, left out.',
    ],
    [
      'channels',
      'b.flc,0,sound,',
      'path-unlisted',
      'own/channels.csv line 4 names "b.flc", which recordings.csv does not list, left out; did you mean "b.flac"?',
    ],
    [
      'channels',
      'b.flac,left,sound,',
      'bad-channel',
      'own/channels.csv line 4 has the channel "left" where a number from 0 is needed; left out.',
    ],
    [
      'channels',
      'b.flac,0,sounds,',
      'unknown-kind',
      'own/channels.csv line 4 has the unknown kind "sounds", left out; did you mean "sound"?',
    ],
    [
      'channels',
      'day1/a.wav,0,sound,',
      'duplicate-channel',
      'own/channels.csv line 4 names channel 0 of day1/a.wav again; left out.',
    ],
    [
      'channels',
      'b.flac,0,sound,pl',
      'unknown-site',
      'own/channels.csv line 4 has the site "pl", none of Tc, Al, Ar, Ll, Lr, Pl, Pr, Plu, Pru, Plm, Prm, Plb, Prb, p1, p2, p3, p4; it is kept; did you mean "Pl"?',
    ],
    [
      'cycles',
      'b.flac,,0,1,,crakle,',
      'unknown-label',
      'own/cycles.csv line 4 has the unknown label "crakle"; did you mean "crackle"?',
    ],
    [
      'cycles',
      'b.flac,,"0,5",1,,normal,',
      'bad-time',
      'own/cycles.csv line 4 runs from "0,5" to "1", not numbers with a point; left out.',
    ],
    [
      'cycles',
      'b.flac,,NaN,1,,normal,',
      'bad-time',
      'own/cycles.csv line 4 runs from "NaN" to "1", not numbers with a point; left out.',
    ],
    [
      'cycles',
      'b.flac,,-1,1,,normal,',
      'bad-time',
      'own/cycles.csv line 4 runs from -1 to 1 s, which is no time in a recording; left out.',
    ],
    [
      'cycles',
      'b.flac,,1,1,,normal,',
      'empty-cycle',
      'own/cycles.csv line 4 ends at 1 s, not after its start at 1 s; left out.',
    ],
    [
      'cycles',
      'b.flac,,2,1,,normal,',
      'empty-cycle',
      'own/cycles.csv line 4 ends at 1 s, not after its start at 2 s; left out.',
    ],
    [
      'cycles',
      'day1/a.wav,,0,2.5,,normal,',
      'duplicate-cycle',
      'own/cycles.csv line 4 repeats the cycle from 0 to 2.5 s; counted once.',
    ],
    [
      'cycles',
      'b.flac,,1,2,3,normal,',
      'bad-inspiration-end',
      'own/cycles.csv line 4 has its end of inspiration at 3 s, outside 1 to 2 s; ignored.',
    ],
    [
      'cycles',
      'b.flac,x,1,2,,normal,',
      'bad-channel',
      'own/cycles.csv line 4 names "x", no sound channel of b.flac; left out.',
    ],
    [
      'cycles',
      'day1/a.wav,1,1,2,,normal,',
      'bad-channel',
      'own/cycles.csv line 4 names "1", no sound channel of day1/a.wav; left out.',
    ],
  ];
  test.each(cases)('%s: %s', (table, row, code, message) => {
    const { findings } = parseManifest({ ...files, [table]: `${files[table]}${row}\n` }, 'own');
    expect(findings).toEqual([{ code, message }]);
  });
});

test('what is written is read again, unknown columns with it', () => {
  const cell = fc
    .string({ minLength: 1, maxLength: 8 })
    .map(text => text.replaceAll(/[\0\uFFFD]/g, '').trim());
  const text = cell.filter(value => value !== '');
  const attributes = fc.dictionary(fc.constantFrom('age', 'note, long', 'reader "x"'), text);
  const time = fc.double({ min: 0, max: 1000, noNaN: true });
  const recording = fc.record({
    path: fc.uuid().map(id => `${id}.wav`),
    subject: text,
    group: fc.option(text),
    device: fc.option(text),
    site: fc.option(fc.constantFrom('Pl', 'p1')),
    attributes,
    cycles: fc.array(
      fc.record({
        start: time,
        length: fc.double({ min: 0.2, max: 9, noNaN: true }),
        label: fc.constantFrom(...cycleLabels),
        channel: fc.constantFrom(null, 0),
        attributes,
      }),
      { maxLength: 3 },
    ),
  });
  fc.assert(
    fc.property(fc.array(recording, { minLength: 1, maxLength: 4 }), described => {
      const manifest: Manifest = {
        recordings: described.map(({ cycles: _, ...rest }, index) => ({ ...rest, line: index + 2 })),
        channels: described.map(({ path }) => ({
          path,
          channel: 0,
          kind: 'sound' as const,
          site: 'Pl',
          attributes: {},
        })),
        cycles: described
          .flatMap(({ path, cycles }) =>
            cycles.map(({ length, ...rest }) => {
              return { ...rest, path, end: rest.start + length, inspirationEnd: rest.start + length / 2 };
            }),
          )
          .sort((a, b) => a.start - b.start || a.end - b.end),
        findings: [],
      };
      const again = parseManifest(formatManifest(manifest), 'own');
      fc.pre(!again.findings.some(finding => finding.code === 'duplicate-cycle'));
      expect(again).toEqual(manifest);
    }),
    { numRuns: 100 },
  );
});
