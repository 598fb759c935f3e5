/**
 * npm run -s load:portal [-- --seconds 120 --readers 50 --uploaders 5 --json]: clinicians reading and uploading at the same
 * time in a built portal on a PostgreSQL server of its own, on loopback. Ends with 1 where something was lost: an upload
 * that was answered and is not there whole and analysed, a reading without its entry in the log, a log that is not whole, an
 * answer of 500 or above.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { randomStream } from '@crepitus/dsp';
import { writeWav } from '@crepitus/recordings';
import { breathLikeSound } from '../../apps/portal/test/breath-like-sound.ts';
import { freePort } from '../../test/free-port.ts';
import { ended, serve } from '../../test/portal-process.ts';
import { postgresPrograms, startPostgres } from '../../test/private-postgres.ts';

const password = 'Tulpe-Bagger-17-Regen';
/** A clinician looks at what a request showed for so long, and records for so long between uploads. */
const thinkSeconds = { reading: [1, 3], uploading: [5, 10] } as const;
const recordingSeconds = 10;
const sampleRate = 4000;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    readers: { type: 'string', default: '50' },
    uploaders: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const [seconds, readers, uploaders] = [values.seconds, values.readers, values.uploaders].map(Number);
if (![seconds, readers, uploaders].every(value => Number.isInteger(value) && value! > 0)) {
  process.stderr.write('--seconds, --readers and --uploaders are whole numbers from 1 on.\n');
  process.exit(2);
}
if (postgresPrograms() === null) {
  process.stderr.write('There is no PostgreSQL server here (initdb, pg_ctl); apt-get install postgresql.\n');
  process.exit(2);
}

type Kind = 'patients' | 'patient' | 'visit' | 'recording' | 'sound' | 'progress' | 'upload';
/** Of which the log must have an entry each. */
const logged: readonly Kind[] = ['patients', 'patient', 'visit', 'recording', 'sound', 'upload'];

const times = new Map<Kind, number[]>();
const faults: string[] = [];
let address = '';

/** A browser on a machine of its own behind a proxy. */
class Clinician {
  readonly #machine: string;
  readonly #random: () => number;
  #cookies = '';

  constructor(index: number) {
    this.#machine = `10.20.${index >> 8}.${index & 255}`;
    this.#random = randomStream(1, `clinician/${index}`).uniform;
  }

  async ask(path: string, init: { method?: string; body?: string | Uint8Array } = {}, kind?: Kind) {
    const start = performance.now();
    const response = await fetch(address + path, {
      redirect: 'manual',
      ...(init as RequestInit),
      headers: {
        'x-forwarded-for': this.#machine,
        ...(init.method === undefined ? {} : { origin: address }),
        ...(typeof init.body === 'string' ? { 'content-type': 'application/json' } : {}),
        ...(this.#cookies === '' ? {} : { cookie: this.#cookies }),
      },
    });
    const cookies = response.headers.getSetCookie().map(cookie => cookie.split(';')[0]!);
    if (cookies.length > 0) this.#cookies = cookies.join('; ');
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (kind !== undefined) {
      if (!times.has(kind)) times.set(kind, []);
      times.get(kind)!.push(performance.now() - start);
    }
    if (response.status !== 200)
      throw new Error(
        `${init.method ?? 'GET'} ${path}: ${response.status} ${Buffer.from(bytes).toString().slice(0, 200)}`,
      );
    return bytes;
  }

  // biome-ignore lint/suspicious/noExplicitAny: the JSON of any route
  async json(path: string, value?: unknown, kind?: Kind): Promise<any> {
    const init = value === undefined ? {} : { method: 'POST', body: JSON.stringify(value) };
    return JSON.parse(Buffer.from(await this.ask(path, init, kind)).toString());
  }

  async join(link: string, email: string): Promise<void> {
    const token = link.split('/').at(-1)!;
    const joining = { token, name: 'Ada Moor', email, password, clinicName: 'North' };
    await this.json('/api/join', joining);
    await this.json('/api/auth/sign-in/email', { email, password });
  }

  one<Of>(of: readonly Of[]): Of {
    return of[Math.floor(this.#random() * of.length)]!;
  }

  async think([least, most]: readonly [number, number], until: number): Promise<void> {
    const milliseconds = 1000 * (least + (most - least) * this.#random());
    await sleep(Math.max(0, Math.min(milliseconds, until - Date.now())));
  }
}

interface Uploaded {
  readonly id: string;
  readonly sha256: string;
}

const folder = await mkdtemp(join(tmpdir(), 'crepitus-load-'));
const postgres = await startPostgres();
const port = await freePort();
address = `http://127.0.0.1:${port}`;
const environment = {
  ...process.env,
  DATABASE_URL: postgres.url,
  CREPITUS_DATA: join(folder, 'data'),
  CREPITUS_TRUSTED_PROXIES: '1',
  PORT: String(port),
};
const portal = await serve(environment);
try {
  const administrator = new Clinician(0);
  await administrator.join(portal.link!, 'admin@north.example');
  const people: Clinician[] = [];
  for (let i = 1; i <= readers! + uploaders!; i++) {
    const { link } = await administrator.json('/api/invitations', { role: 'clinician', note: String(i) });
    const person = new Clinician(i);
    await person.join(link, `person${i}@north.example`);
    people.push(person);
  }
  const patients: { id: string; visit: string; recordings: string[] }[] = [];
  let sounds = 0;
  const upload = async (person: Clinician, visit: string, kind?: Kind): Promise<Uploaded> => {
    const sound = writeWav([breathLikeSound(recordingSeconds, sampleRate, ++sounds)], sampleRate);
    const path = `/api/visits/${visit}/recordings?site=Plb&device=load`;
    const answered = await person.ask(path, { method: 'POST', body: sound }, kind);
    const { id } = JSON.parse(Buffer.from(answered).toString());
    return { id, sha256: createHash('sha256').update(sound).digest('hex') };
  };
  const untilAnalysed = async (recordings: readonly string[]) => {
    for (const id of recordings)
      for (;;) {
        const { state } = await administrator.json(`/api/recordings/${id}/progress`);
        if (state === 'done') break;
        if (state === 'failed') throw new Error(`The analysis of ${id} failed.`);
        await sleep(500);
      }
  };
  for (let i = 0; i < 10; i++) {
    const draft = { pseudonym: `P-${i}`, birthYear: 1950 + i, sex: 'unknown', notes: '' };
    const { id } = await administrator.json('/api/patients', draft);
    const { id: visit } = await administrator.json(`/api/patients/${id}/visits`, {
      day: '2026-06-01',
      notes: '',
    });
    const recordings = [(await upload(administrator, visit)).id, (await upload(administrator, visit)).id];
    patients.push({ id, visit, recordings });
  }
  await untilAnalysed(patients.flatMap(({ recordings }) => recordings));
  const entriesBefore = await auditEntries();

  const loadBefore = loadavg()[0]!;
  const until = Date.now() + 1000 * seconds!;
  const uploaded: Uploaded[] = [];
  const guarded = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      faults.push((error as Error).message);
    }
  };
  const read = async (person: Clinician) => {
    while (Date.now() < until) {
      const patient = person.one(patients);
      const recording = person.one(patient.recordings);
      const steps: [Kind, string][] = [
        ['patients', '/patients'],
        ['patient', `/patients/${patient.id}`],
        ['visit', `/visits/${patient.visit}`],
        ['recording', `/recordings/${recording}`],
        ['sound', `/api/recordings/${recording}/sound`],
        ['progress', `/api/visits/${patient.visit}/progress`],
      ];
      for (const [kind, path] of steps) {
        if (Date.now() >= until) return;
        await guarded(() => person.ask(path, {}, kind));
        if (kind !== 'recording') await person.think(thinkSeconds.reading, until);
      }
    }
  };
  const record = async (person: Clinician) => {
    while (Date.now() < until) {
      await guarded(async () => uploaded.push(await upload(person, person.one(patients).visit, 'upload')));
      await person.think(thinkSeconds.uploading, until);
    }
  };
  // Nobody begins in the same second.
  await Promise.all(
    people.map(async (person, i) => {
      await person.think([0, 3], until);
      await (i < readers! ? read(person) : record(person));
    }),
  );
  const loadAfter = loadavg()[0]!;

  const ended = Date.now();
  await untilAnalysed(uploaded.map(({ id }) => id));
  const lastAnalysisSeconds = (Date.now() - ended) / 1000;
  for (const { id, sha256 } of uploaded) {
    const sound = await administrator.ask(`/api/recordings/${id}/sound`);
    if (createHash('sha256').update(sound).digest('hex') !== sha256)
      faults.push(`${id} is not what was uploaded.`);
  }
  const entries = (await auditEntries()) - entriesBefore;
  const answered = logged.reduce((sum, kind) => sum + (times.get(kind)?.length ?? 0), 0);
  if (entries < answered) faults.push(`${answered} readings and uploads have ${entries} entries in the log.`);

  const kinds = [...times].map(([kind, ms]) => ({ kind, requests: ms.length, ...quantiles(ms) }));
  const requests = kinds.reduce((sum, { requests }) => sum + requests, 0);
  const report = {
    schemaVersion: 1,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    load: { before: loadBefore, after: loadAfter },
    seconds,
    readers,
    uploaders,
    requestsPerSecond: requests / seconds!,
    kinds,
    uploads: uploaded.length,
    lastAnalysisSeconds,
    auditEntries: entries,
    faults,
  };
  process.stdout.write(`${values.json ? JSON.stringify(report, null, 2) : table(report)}\n`);
} finally {
  await portal.stop();
  await postgres.remove();
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = faults.length > 0 ? 1 : 0;

/** @throws Error where the log is not whole */
async function auditEntries(): Promise<number> {
  const { code, out, err } = await ended(environment, 'audit', 'verify');
  if (code !== 0) throw new Error(err);
  return Number(/whole: (\d+) entries/.exec(out)![1]);
}

function quantiles(ms: readonly number[]) {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { medianMs: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: sorted.at(-1)! };
}

interface Report {
  readonly cpu: string;
  readonly cores: number;
  readonly load: { readonly before: number; readonly after: number };
  readonly seconds: number | undefined;
  readonly readers: number | undefined;
  readonly uploaders: number | undefined;
  readonly requestsPerSecond: number;
  readonly kinds: readonly ({ kind: Kind; requests: number } & ReturnType<typeof quantiles>)[];
  readonly uploads: number;
  readonly lastAnalysisSeconds: number;
  readonly auditEntries: number;
  readonly faults: readonly string[];
}

function table(report: Report): string {
  const { cpu, cores, load, kinds, faults } = report;
  const row = (cells: readonly string[]) =>
    `${cells[0]!.padEnd(12)}${cells
      .slice(1)
      .map(cell => cell.padStart(10))
      .join('')}`;
  const whole = (value: number) => value.toFixed(0);
  return [
    `${report.readers} reading, ${report.uploaders} uploading for ${report.seconds} s; ${cpu}, ${cores} cores, load ${load.before.toFixed(1)} before and ${load.after.toFixed(1)} after`,
    `${report.requestsPerSecond.toFixed(1)} requests/s; ${report.uploads} uploads, all analysed ${report.lastAnalysisSeconds.toFixed(0)} s after the end; ${report.auditEntries} entries in the log`,
    '',
    row(['', 'requests', 'median', 'p95', 'p99', 'max, ms']),
    ...kinds.map(({ kind, requests, medianMs, p95Ms, p99Ms, maxMs }) =>
      row([kind, ...[requests, medianMs, p95Ms, p99Ms, maxMs].map(whole)]),
    ),
    '',
    faults.length === 0 ? 'Nothing was lost.' : `${faults.length} faults:\n${faults.slice(0, 20).join('\n')}`,
  ].join('\n');
}
