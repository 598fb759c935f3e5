/** What an entry of the log says beyond who did what to which record, in words. Nothing it holds is left out. */
import type { LoggedEntry, RecordName } from '../../server/audit-log.ts';
import { dayText, sitesText, type Text } from '../../text/index.ts';

type Detail = Readonly<Record<string, unknown>>;

export function actionText(
  text: Text,
  { action, recordType, detail }: Pick<LoggedEntry, 'action' | 'recordType' | 'detail'>,
): string {
  if (action === 'withdraw' && recordType === 'recording') return text.audit.wordTakenBack;
  if (action === 'refuse') return text.audit.refused[String(detail.asked)] ?? text.audit.actions.refuse!;
  return text.audit.actions[action] ?? action;
}

/** What a record is called beside its kind; null: by the first signs of its id. */
export function recordText(text: Text, record: RecordName | null): string | null {
  if (record === null) return null;
  const { name, patient, day, number } = record;
  if (name !== undefined) return name;
  return [
    patient?.pseudonym,
    ...(day === undefined ? [] : [dayText(text, day)]),
    ...(number === undefined ? [] : [text.recording.title(number)]),
  ].join(', ');
}

export function detailText(text: Text, { detail }: Pick<LoggedEntry, 'detail'>): string {
  const left = { ...detail };
  const said: string[] = [];
  for (const { keys, say } of sentences) {
    if (!keys.some(key => key in left)) continue;
    const sentence = say(text, left);
    for (const key of keys) delete left[key];
    if (sentence !== '') said.push(sentence);
  }
  // What a later version wrote, or an earlier one.
  for (const [key, value] of Object.entries(left)) said.push(`${key}: ${JSON.stringify(value)}`);
  return said.join('; ');
}

interface Sentence {
  /** What it tells of; it is said where one of them is there. */
  readonly keys: readonly string[];
  readonly say: (text: Text, detail: Detail) => string;
}

const sentences: readonly Sentence[] = [
  {
    keys: ['role', 'from'],
    say: ({ roles, audit }, { role, from }) => {
      const named = roles[role as keyof Text['roles']] ?? String(role);
      const before = roles[from as keyof Text['roles']];
      return before === undefined ? audit.role(named) : audit.roleChanged(before, named);
    },
  },
  {
    keys: ['disabled'],
    say: ({ audit }, { disabled }) => (disabled === true ? audit.closed : audit.reopened),
  },
  { keys: ['password'], say: ({ audit }) => audit.password },
  {
    keys: ['secondFactor'],
    say: ({ audit }, { secondFactor }) =>
      audit.secondFactor[String(secondFactor)] ?? `${audit.secondFactorOther}: ${String(secondFactor)}`,
  },
  { keys: ['elsewhere'], say: ({ audit }, { elsewhere }) => audit.elsewhere(Number(elsewhere)) },
  {
    keys: ['fields'],
    say: ({ audit }, { fields }) =>
      (fields as string[]).length === 0
        ? audit.nothingNew
        : (fields as string[]).map(field => audit.fieldNames[field] ?? field).join(', '),
  },
  { keys: ['recordings'], say: ({ audit }, { recordings }) => audit.recordings(Number(recordings)) },
  {
    keys: ['sites'],
    say: (text, { sites, airflow = null }) => {
      const said = { sites: sites as (string | null)[], airflow: airflow as number | null };
      return text.audit.sites(sitesText(text, said, text.notSaid));
    },
  },
  {
    keys: ['airflow'],
    say: (text, { airflow }) =>
      `${text.airflow.name}: ${airflow === null ? text.airflow.none : text.recording.channel(Number(airflow))}`,
  },
  {
    keys: ['channel', 'start', 'end', 'blind', 'cycles', 'basedOn'],
    say: (text, { cycles, channel, start, end, blind }) => {
      const where = text.recording.channel(Number(channel));
      if (cycles !== undefined)
        return cycles === 'automatic'
          ? text.audit.cyclesFound(where)
          : text.audit.cyclesSet(where, Number(cycles));
      const seconds = [start, end].map(at => text.decimal(Number(at).toFixed(2))).join('–');
      return `${where}, ${seconds} s${blind === true ? `, ${text.review.saidBlind}` : ''}`;
    },
  },
  {
    keys: ['blindPass'],
    say: ({ audit }, { blindPass }) => audit.blindPass[String(blindPass)] ?? String(blindPass),
  },
  { keys: ['withoutFindings'], say: ({ audit }) => audit.withoutFindings },
  {
    keys: ['format', 'of', 'names', 'sound', 'undecided'],
    say: (text, { format, of, names, sound, undecided }) =>
      [
        text.audit.format(
          text.exports.formats[format as keyof Text['exports']['formats']]?.[0] ??
            (format === 'dataset' ? text.exports.datasets : String(format)),
        ),
        ...(of === 'clinic' ? [text.audit.withClinic] : []),
        ...(names === true ? [text.audit.reviewersNamed] : []),
        ...(sound === true ? [text.audit.withSound] : []),
        ...(undecided === undefined ? [] : [text.audit.detectorDecides]),
      ].join(', '),
  },
  {
    keys: ['soundOf'],
    say: ({ audit }, { soundOf }) => {
      const { length } = soundOf as string[];
      return length === 0 ? '' : audit.soundOf(length);
    },
  },
  { keys: ['for'], say: ({ audit }) => audit.forReport },
  {
    keys: ['asked', 'why'],
    say: ({ audit }, { why }) => audit.refusals[String(why)] ?? String(why),
  },
  { keys: ['sha256'], say: (_, { sha256 }) => `SHA-256 ${String(sha256).slice(0, 12)}…` },
  // What the record hangs on, or what hung on it: the filter goes by them, and the record's name tells them.
  { keys: ['patient', 'visit', 'visits'], say: () => '' },
];
