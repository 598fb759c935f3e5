/** SPRSound annotation (BioCAS 2022): respiratory events of one recording, times in milliseconds. */
import { CrepitusError } from '@crepitus/dsp';
import * as z from 'zod';
import type { Cycle, CycleLabel, Finding } from '../recording.ts';
import { didYouMean } from './did-you-mean.ts';
import { gatherCycles, readDecimal } from './gather-cycles.ts';

const labelOfType: Readonly<Record<string, CycleLabel>> = {
  Normal: 'normal',
  'Fine Crackle': 'fine-crackle',
  'Coarse Crackle': 'coarse-crackle',
  Wheeze: 'wheeze',
  Rhonchi: 'rhonchus',
  Stridor: 'stridor',
  'Wheeze+Crackle': 'both',
};

/** The files say `record_annotation`, the database's own description `recording_annotation`. */
const annotation = z.object({
  record_annotation: z.string().optional(),
  recording_annotation: z.string().optional(),
  event_annotation: z.array(z.unknown()),
});
const time = z.union([z.number(), z.string()]);
const event = z.object({ start: time, end: time, type: z.string() });

/**
 * Read an SPRSound annotation.
 *
 * @param name of the file, for messages
 * @returns events sorted by start (seconds), and the label of the whole recording ('Normal', 'CAS', 'DAS', 'CAS & DAS',
 *   'Poor Quality'; empty where there is none)
 * @throws CrepitusError `bad-json`, `not-sprsound-json`
 */
export function parseSprsoundJson(
  text: string,
  name: string,
): { cycles: Cycle[]; recordLabel: string; findings: Finding[] } {
  const { event_annotation, record_annotation, recording_annotation } = readAnnotation(text, name);
  const rows: { where: string; cycle: Cycle }[] = [];
  const findings: Finding[] = [];
  for (const [index, value] of event_annotation.entries()) {
    const where = `${name} event ${index + 1}`;
    const stated = event.safeParse(value);
    if (!stated.success) {
      findings.push({
        code: 'bad-event',
        message: `${where} is not {"start", "end", "type"} with times in milliseconds; left out.`,
      });
      continue;
    }
    const { start, end, type } = stated.data;
    const label = Object.hasOwn(labelOfType, type) ? labelOfType[type]! : 'unknown';
    if (label === 'unknown') {
      findings.push({
        code: 'unknown-label',
        message: `${where} is of the unknown type "${type}"${didYouMean(type, Object.keys(labelOfType))}`,
      });
    }
    const cycle = { start: seconds(start), end: seconds(end), inspirationEnd: null, label, channel: null };
    rows.push({ where, cycle });
  }
  const gathered = gatherCycles(rows);
  return {
    cycles: gathered.cycles,
    recordLabel: record_annotation ?? recording_annotation ?? '',
    findings: [...findings, ...gathered.findings],
  };
}

function readAnnotation(text: string, name: string): z.infer<typeof annotation> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new CrepitusError('bad-json', `${name} is no JSON text; copy it again from its source.`, { cause });
  }
  const stated = annotation.safeParse(value);
  if (!stated.success) {
    throw new CrepitusError(
      'not-sprsound-json',
      `${name} is no SPRSound annotation: it has no list "event_annotation"; name the right file.`,
    );
  }
  return stated.data;
}

function seconds(milliseconds: number | string): number {
  return (typeof milliseconds === 'number' ? milliseconds : readDecimal(milliseconds)) / 1000;
}
