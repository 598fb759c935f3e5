/**
 * Recordings of one visit as a FHIR R4 bundle of type `collection`: Patient (pseudonym alone), Device (the detector), a
 * Practitioner per reviewer, one DiagnosticReport, and per recording a Media, an Observation per chest site, which has as
 * members one per cycle by the detector and one per word of a reviewer.
 *
 * Codes are SNOMED CT's where there is one (respiratory crackles, present, absent, auscultation), else those of
 * `urn:crepitus:*`, which docs/exports.md lists. Ids are derived from the portal's, so that two exports of a visit have the same.
 */
import { createHash } from 'node:crypto';
import { type CycleWord, consensusOf } from '@crepitus/recordings';
import { soundChannels } from '../../sound-channels.ts';
import { en } from '../../text/en.ts';
import { findingText } from '../../text/finding-text.ts';
import { cycleKey, type ExportedRecording } from './exported-recording.ts';
import { plainNumber } from './plain-numbers.ts';

type Json = { readonly [key: string]: unknown };

export interface FhirResource extends Json {
  readonly resourceType: string;
  readonly id: string;
}

export interface FhirBundle extends FhirResource {
  readonly entry: readonly { readonly fullUrl: string; readonly resource: FhirResource }[];
}

/**
 * @param recordings of one visit, at least one
 * @param soundOf the WAV of a recording where the bundle is to hold it
 */
export async function fhirBundle(
  recordings: readonly ExportedRecording[],
  { at, soundOf }: { at: Date; soundOf: ((recording: ExportedRecording) => Promise<Uint8Array>) | null },
): Promise<FhirBundle> {
  const { patient, visit } = recordings[0]!;
  const cycles = recordings.flatMap(each => each.cycles);
  const context: Context = {
    at,
    visitId: visit.id,
    day: visit.day,
    subject: reference('Patient', patient.id),
    final: cycles.length > 0 && cycles.every(({ words }) => isDecided(Object.values(words))),
  };
  const soundFacts: FhirResource[] = [];
  for (const each of recordings)
    soundFacts.push(mediaOf(each, context, soundOf === null ? null : await soundOf(each)));
  const sites = recordings.flatMap(each => siteObservations(each, context));
  const resources = [
    patientOf(patient),
    ...distinct(recordings.map(deviceOf)),
    ...distinct(recordings.flatMap(practitionersOf)),
    reportOf(recordings, context, sites),
    ...soundFacts,
    ...sites,
    ...recordings.flatMap(each => cycleObservations(each, context)),
    ...recordings.flatMap(each => wordObservations(each, context)),
  ];
  const ids = recordings.map(({ recording }) => recording.id).join(' ');
  return {
    resourceType: 'Bundle',
    id: idOf('Bundle', `${ids} ${at.toISOString()}`),
    type: 'collection',
    timestamp: at.toISOString(),
    entry: resources.map(resource => ({ fullUrl: `urn:uuid:${resource.id}`, resource })),
  };
}

interface Context {
  readonly at: Date;
  readonly visitId: string;
  readonly day: string;
  readonly subject: Json;
  /** Whether reviewers decided every cycle; until then the report is preliminary. */
  readonly final: boolean;
}

function patientOf({ id, pseudonym }: ExportedRecording['patient']): FhirResource {
  return {
    resourceType: 'Patient',
    id: idOf('Patient', id),
    identifier: [{ system: 'urn:crepitus:pseudonym', value: pseudonym }],
  };
}

function deviceOf({ analysis: { bundle } }: ExportedRecording): FhirResource {
  return {
    resourceType: 'Device',
    id: idOf('Device', bundle.sha256),
    identifier: [{ system: 'urn:crepitus:bundle-sha256', value: bundle.sha256 }],
    deviceName: [{ name: `crepitus ${bundle.id}`, type: 'model-name' }],
    type: { text: 'Crackle detector: research software, not a medical device' },
    version: [
      { type: { text: 'version' }, value: bundle.version },
      { type: { text: 'sha256' }, value: bundle.sha256 },
    ],
  };
}

function practitionersOf({ reviewers }: ExportedRecording): FhirResource[] {
  return reviewers.map(({ code, name }) => ({
    resourceType: 'Practitioner',
    id: idOf('Practitioner', code),
    identifier: [{ system: 'urn:crepitus:reviewer', value: code }],
    ...(name === null ? {} : { name: [{ text: name }] }),
  }));
}

function reportOf(
  recordings: readonly ExportedRecording[],
  { at, visitId, day, subject, final }: Context,
  results: readonly FhirResource[],
): FhirResource {
  const reviewers = distinct(recordings.flatMap(practitionersOf));
  const counts = countsOf(recordings.flatMap(({ cycles }) => cycles));
  return {
    resourceType: 'DiagnosticReport',
    id: idOf('DiagnosticReport', `${visitId} ${recordings.map(({ recording }) => recording.id).join(' ')}`),
    status: final ? 'final' : 'preliminary',
    code: own('lung-sound-report', 'Crackles in recorded lung sounds'),
    subject,
    effectiveDateTime: day,
    issued: at.toISOString(),
    ...(reviewers.length === 0
      ? {}
      : { resultsInterpreter: reviewers.map(({ id }) => ({ reference: `urn:uuid:${id}` })) }),
    result: results.map(({ id }) => ({ reference: `urn:uuid:${id}` })),
    media: recordings.map(({ recording }) => ({
      comment: `Recording ${recording.number}`,
      link: reference('Media', recording.id),
    })),
    conclusion:
      `Reviewers: crackles in ${counts.reviewed.crackle} of ${counts.reviewed.crackle + counts.reviewed.clear} decided cycles, ` +
      `${counts.reviewed.undecided} undecided, ${counts.reviewed.none} not reviewed. ` +
      `Detector: ${counts.detector.crackle} of ${counts.detector.crackle + counts.detector.clear} scored cycles called crackle, ` +
      `${counts.detector.none} not scored. ${en.researchUse}`,
  };
}

function mediaOf(
  { recording, analysis }: ExportedRecording,
  { day, subject }: Context,
  sound: Uint8Array | null,
): FhirResource {
  const { facts, sites, airflow } = recording;
  const sounds = soundChannels(recording).map(channel => sites[channel] ?? null);
  const oneSite = sounds.every(site => site === sounds[0]) ? (sounds[0] ?? null) : null;
  const bits = facts.bitsPerSample === null ? '' : `, ${facts.bitsPerSample} bit`;
  return {
    resourceType: 'Media',
    id: idOf('Media', recording.id),
    identifier: [{ system: 'urn:crepitus:sound-sha256', value: recording.blob }],
    status: 'completed',
    type: {
      coding: [
        { system: 'http://terminology.hl7.org/CodeSystem/media-type', code: 'audio', display: 'Audio' },
      ],
    },
    subject,
    createdDateTime: day,
    ...(oneSite === null ? {} : { bodySite: siteCode(oneSite) }),
    ...(recording.device === '' ? {} : { deviceName: recording.device }),
    duration: plainNumber(facts.seconds),
    content: {
      contentType: 'audio/wav',
      size: recording.bytes,
      title: `Recording ${recording.number}`,
      ...(sound === null
        ? {}
        : {
            data: Buffer.from(sound).toString('base64'),
            hash: createHash('sha1').update(sound).digest('base64'),
          }),
    },
    note: [
      {
        text: `${facts.sampleRate} Hz, ${facts.channels} channel(s) (${sites
          .map(
            (site, channel) =>
              `${channel + 1}: ${channel === airflow ? 'airflow' : (site ?? 'site not given')}`,
          )
          .join(', ')}), uploaded as ${facts.container}${bits}.`,
      },
      ...analysis.recording.quality.map(finding => ({ text: findingText(en, finding) })),
    ],
  };
}

/** Of each channel: how many of its cycles have crackles, by detector and by reviewers. */
function siteObservations(exported: ExportedRecording, context: Context): FhirResource[] {
  const { recording, analysis, cycles, reviews } = exported;
  return analysis.recording.channels.map(({ channel }) => {
    const own_ = cycles.filter(cycle => cycle.channel === channel);
    const known = new Set(own_.map(cycleKey));
    const counts = countsOf(own_);
    const members = [
      ...own_.map(cycle => reference('Observation', cycleId(exported, cycle))),
      ...reviews
        .filter(review => known.has(cycleKey(review)))
        .map(review => reference('Observation', wordId(exported, review))),
    ];
    return {
      ...observation(`site ${recording.id} ${channel}`, context),
      status: context.final ? 'final' : 'preliminary',
      code: own('crackle-cycles', 'Respiratory cycles with crackles at one chest site'),
      ...bodySiteOf(recording.sites[channel] ?? null),
      device: reference('Device', analysis.bundle.sha256),
      derivedFrom: [reference('Media', recording.id)],
      ...(members.length === 0 ? {} : { hasMember: members }),
      component: [
        counted('cycles', 'Respiratory cycles', own_.length),
        counted('detector-crackle', 'Detector: called crackle', counts.detector.crackle),
        counted('detector-clear', 'Detector: not called crackle', counts.detector.clear),
        counted('detector-none', 'Detector: not scored', counts.detector.none),
        counted('reviewers-crackle', 'Reviewers: crackles', counts.reviewed.crackle),
        counted('reviewers-clear', 'Reviewers: no crackles', counts.reviewed.clear),
        counted('reviewers-undecided', 'Reviewers: undecided', counts.reviewed.undecided),
        counted('reviewers-none', 'Not reviewed', counts.reviewed.none),
      ],
    };
  });
}

/** What the detector says of each cycle. */
function cycleObservations(exported: ExportedRecording, context: Context): FhirResource[] {
  const { recording, analysis } = exported;
  return analysis.recording.channels.flatMap(({ channel, cycles, candidates }) =>
    cycles.map((cycle, i) => {
      const candidateCount = candidates?.perCycle[i]?.all;
      return {
        ...observation(cycleId(exported, { channel, ...cycle }), context),
        status: 'preliminary',
        code: crackles,
        ...bodySiteOf(recording.sites[channel] ?? null),
        method: { text: 'Scored by a neural network' },
        device: reference('Device', analysis.bundle.sha256),
        derivedFrom: [reference('Media', recording.id)],
        ...(cycle.crackle === null
          ? {
              dataAbsentReason: {
                ...absent('not-performed', 'Not Performed'),
                text: cycle.abstained?.message ?? 'The detector gives no score.',
              },
            }
          : { valueCodeableConcept: cycle.crackle ? present : notPresent }),
        component: [
          ...spanOf({ channel, ...cycle }),
          ...(cycle.score === null
            ? []
            : [
                measured('score', 'Crackle score, not a probability', cycle.score, '1'),
                measured('threshold', 'Score from which a cycle is called crackle', analysis.threshold, '1'),
              ]),
          ...(candidateCount === undefined
            ? []
            : [counted('candidates', 'Single crackles found in the waveform by a rule', candidateCount)]),
        ],
      };
    }),
  );
}

/** What reviewers say of each cycle. */
function wordObservations(exported: ExportedRecording, context: Context): FhirResource[] {
  const { recording, reviews, cycles } = exported;
  const known = new Map(cycles.map(cycle => [cycleKey(cycle), cycle]));
  return reviews.flatMap(review => {
    const cycle = known.get(cycleKey(review));
    if (cycle === undefined) return [];
    return {
      ...observation(wordId(exported, review), context),
      status: 'final',
      code: crackles,
      issued: review.at.toISOString(),
      performer: [reference('Practitioner', review.reviewer)],
      ...bodySiteOf(recording.sites[review.channel] ?? null),
      method: {
        coding: [{ system: snomed, code: '37931006', display: 'Auscultation (procedure)' }],
        text: 'Heard and seen as a recording',
      },
      derivedFrom: [reference('Media', recording.id), reference('Observation', cycleId(exported, cycle))],
      ...(review.word === 'unsure'
        ? { dataAbsentReason: { ...absent('unknown', 'Unknown'), text: 'The reviewer is unsure.' } }
        : { valueCodeableConcept: review.word === 'crackle' ? present : notPresent }),
      component: spanOf(cycle),
    };
  });
}

function observation(key: string, { day, subject }: Context): FhirResource {
  return { resourceType: 'Observation', id: idOf('Observation', key), subject, effectiveDateTime: day };
}

function cycleId({ recording }: ExportedRecording, cycle: Parameters<typeof cycleKey>[0]): string {
  return `cycle ${recording.id} ${cycleKey(cycle)}`;
}

function wordId({ recording }: ExportedRecording, review: ExportedRecording['reviews'][number]): string {
  return `word ${recording.id} ${cycleKey(review)} ${review.reviewer}`;
}

function spanOf({
  channel,
  start,
  end,
  inspirationEnd,
}: {
  channel: number;
  start: number;
  end: number;
  inspirationEnd: number | null;
}): Json[] {
  return [
    counted('channel', 'Channel of the recording, from 0', channel),
    measured('start', 'Start of the cycle in the recording', start, 's'),
    ...(inspirationEnd === null
      ? []
      : [measured('inspiration-end', 'End of its inspiration, measured or estimated', inspirationEnd, 's')]),
    measured('end', 'End of the cycle in the recording', end, 's'),
  ];
}

function countsOf(cycles: ExportedRecording['cycles']) {
  const reviewed = { crackle: 0, clear: 0, undecided: 0, none: 0 };
  const detector = { crackle: 0, clear: 0, none: 0 };
  for (const cycle of cycles) {
    reviewed[consensusOf(Object.values(cycle.words)) ?? 'none']++;
    detector[cycle.detector ?? 'none']++;
  }
  return { reviewed, detector };
}

function isDecided(words: readonly CycleWord[]): boolean {
  const consensus = consensusOf(words);
  return consensus === 'crackle' || consensus === 'clear';
}

const snomed = 'http://snomed.info/sct';
const crackles = {
  coding: [{ system: snomed, code: '48409008', display: 'Respiratory crackles (finding)' }],
  text: 'Crackles in one respiratory cycle',
};
const present = {
  coding: [{ system: snomed, code: '52101004', display: 'Present (qualifier value)' }],
  text: 'crackles',
};
const notPresent = {
  coding: [{ system: snomed, code: '2667000', display: 'Absent (qualifier value)' }],
  text: 'no crackles',
};

function absent(code: string, display: string): Json {
  return {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code, display }],
  };
}

function own(code: string, display: string): Json {
  return { coding: [{ system: 'urn:crepitus:observation', code, display }], text: display };
}

function siteCode(site: string): Json {
  const display = en.sites[site] ?? site;
  return { coding: [{ system: 'urn:crepitus:chest-site', code: site, display }], text: display };
}

function bodySiteOf(site: string | null): Json {
  return site === null ? {} : { bodySite: siteCode(site) };
}

function counted(code: string, display: string, value: number): Json {
  return { code: own(code, display), valueInteger: value };
}

/** @param unit of UCUM */
function measured(code: string, display: string, value: number, unit: 's' | '1'): Json {
  return {
    code: own(code, display),
    valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit },
  };
}

function reference(resourceType: string, key: string): Json {
  return { reference: `urn:uuid:${idOf(resourceType, key)}` };
}

/** A UUID of the form of version 5, from sha256. */
function idOf(resourceType: string, key: string): string {
  const bytes = createHash('sha256').update(`crepitus ${resourceType} ${key}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function distinct(resources: readonly FhirResource[]): FhirResource[] {
  return [...new Map(resources.map(resource => [resource.id, resource])).values()];
}
