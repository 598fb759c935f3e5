/**
 * Exports: what leaves the portal as files. Clinicians and administrators alone may have them, a whole clinic's data set
 * administrators alone; each is an entry of the log, with its format and options, before its first byte is sent.
 */
import type { Actor } from './accounts.ts';
import { type AuditEvent, appendAudit } from './audit.ts';
import {
  type AnnotationFile,
  type AnnotationFormat,
  annotationFiles,
  annotationFormats,
  recordingStem,
} from './exports/annotation-files.ts';
import { type DatasetScope, datasetStream, planDataset } from './exports/dataset.ts';
import {
  type ExportedRecording,
  type ExportedVisit,
  type ExportOptions,
  exportedRecording,
  exportedVisit,
  exportOptionsSchema,
  fileStem,
} from './exports/exported-recording.ts';
import { fhirBundle } from './exports/fhir.ts';
import { type ArchivedFile, requireZippable, zipStream } from './exports/zip-stream.ts';
import { Failure, failures } from './failure.ts';
import { requirePatient } from './patients.ts';
import type { Portal } from './portal.ts';
import { type Asked, administrator, clinical, type Route, route } from './route.ts';
import { requireVisit } from './visits.ts';

export const exportRoutes: readonly Route[] = [
  ...annotationFormats.flatMap(format => [
    route('GET', `/api/recordings/:id/exports/${format}`, clinical, (asked, actor) =>
      exportRecording(asked, actor, format),
    ),
    route('GET', `/api/visits/:id/exports/${format}`, clinical, (asked, actor) =>
      exportVisit(asked, actor, format),
    ),
  ]),
  route('GET', '/api/recordings/:id/exports/fhir', clinical, exportRecordingAsFhir),
  route('GET', '/api/visits/:id/exports/fhir', clinical, exportVisitAsFhir),
  route('GET', '/api/visits/:id/exports/dataset', clinical, (asked, actor) =>
    exportDataset(asked, actor, { of: 'visit', id: asked.params.id! }),
  ),
  route('GET', '/api/patients/:id/exports/dataset', clinical, (asked, actor) =>
    exportDataset(asked, actor, { of: 'patient', id: asked.params.id! }),
  ),
  route('GET', '/api/exports/dataset', administrator, (asked, actor) =>
    exportDataset(asked, actor, { of: 'clinic' }),
  ),
];

async function exportRecording(asked: Asked, actor: Actor, format: AnnotationFormat): Promise<unknown> {
  const options = optionsOf(asked, ...optionsOfFormat[format]);
  const exported = await exportedRecording(asked.portal.queries, actor, asked.params.id!, options);
  const files = annotationFiles(format, exported, options);
  if (options.check) return {};
  await log(asked, actor, 'recording', exported.recording.id, { format, options });
  if (files.length === 1 && format !== 'audacity')
    return download(files[0]!.text, files[0]!.name, `${files[0]!.type}; charset=utf-8`);
  return archive(files, `${recordingStem(exported)}-${format}.zip`);
}

async function exportVisit(asked: Asked, actor: Actor, format: AnnotationFormat): Promise<unknown> {
  const options = optionsOf(asked, ...optionsOfFormat[format]);
  const exported = await exportedVisit(asked.portal.queries, actor, asked.params.id!, options);
  const { files, leftOut } = filesOfVisit(format, exported, options);
  if (options.check) return {};
  await log(asked, actor, 'visit', exported.visit.id, { format, options });
  return archive(
    leftOut.length === 0
      ? files
      : [...files, { name: 'left-out.txt', type: 'text/plain', text: `${leftOut.join('\n')}\n` }],
    `${stemOfVisit(exported)}-${format}.zip`,
  );
}

/** @throws Failure where no recording gives a file: why the first does not */
function filesOfVisit(
  format: AnnotationFormat,
  exported: ExportedVisit,
  options: ExportOptions,
): { files: AnnotationFile[]; leftOut: string[] } {
  const files: AnnotationFile[] = [];
  const refusals: Failure[] = [];
  for (const each of exported.recordings) {
    try {
      files.push(...annotationFiles(format, each, options));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      refusals.push(error);
    }
  }
  if (files.length === 0) throw refusals[0]!;
  return { files, leftOut: [...exported.leftOut, ...refusals.map(({ message }) => message)] };
}

async function exportRecordingAsFhir(asked: Asked, actor: Actor): Promise<unknown> {
  const options = optionsOf(asked, 'names', 'sound');
  const exported = await exportedRecording(asked.portal.queries, actor, asked.params.id!, options);
  const subject = { type: 'recording', id: exported.recording.id } as const;
  return exportAsFhir(asked, actor, [exported], options, subject, recordingStem(exported));
}

/** One bundle with one report for the whole visit. */
async function exportVisitAsFhir(asked: Asked, actor: Actor): Promise<unknown> {
  const options = optionsOf(asked, 'names', 'sound');
  const exported = await exportedVisit(asked.portal.queries, actor, asked.params.id!, options);
  const subject = { type: 'visit', id: exported.visit.id } as const;
  return exportAsFhir(asked, actor, exported.recordings, options, subject, stemOfVisit(exported));
}

/** A bundle is built in memory, and its sound a third larger than it was. */
const mostEmbeddedBytes = 64 * 2 ** 20;

async function exportAsFhir(
  asked: Asked,
  actor: Actor,
  recordings: readonly ExportedRecording[],
  options: ExportOptions,
  { type, id }: { readonly type: 'recording' | 'visit'; readonly id: string },
  stem: string,
): Promise<unknown> {
  const { portal } = asked;
  const bytes = recordings.reduce((sum, { recording }) => sum + recording.bytes, 0);
  if (options.sound && bytes > mostEmbeddedBytes) {
    throw new Failure(
      413,
      'export-sound-too-large',
      `A FHIR bundle takes up to ${mostEmbeddedBytes / 2 ** 20} MB of sound; export it without the sound, or single recordings.`,
    );
  }
  if (options.check) return {};
  const bundle = await fhirBundle(recordings, {
    at: new Date(),
    soundOf: options.sound ? ({ recording }) => portal.blobs.read(recording.blob) : null,
  });
  await log(asked, actor, type, id, { format: 'fhir', options });
  return download(`${JSON.stringify(bundle, null, 2)}\n`, `${stem}.fhir.json`, 'application/fhir+json');
}

async function exportDataset(asked: Asked, actor: Actor, scope: DatasetScope): Promise<unknown> {
  const { portal } = asked;
  const options = optionsOf(asked);
  const planned = await planDataset(portal.queries, actor, scope);
  if (options.check) return {};
  const stream = await datasetStream(portal.queries, portal.blobs, actor, planned);
  const name = await datasetName(portal, actor, scope);
  if (scope.of === 'clinic') {
    // Each patient's record tells who took it away, as if it had been exported alone.
    await portal.queries.transaction(async transaction => {
      const tx = transaction as unknown as Portal['queries'];
      const detail = { format: 'dataset', of: 'clinic' };
      for (const recordId of planned.patients)
        await appendAudit(tx, actor, { action: 'export', recordType: 'patient', recordId, detail });
      await appendAudit(tx, actor, {
        action: 'export',
        recordType: 'clinic',
        recordId: actor.clinicId,
        detail: { format: 'dataset', recordings: planned.recordings.length },
      });
    });
  } else await log(asked, actor, scope.of, scope.id, { format: 'dataset', options });
  return new Response(stream, { headers: attachment(`${name}-dataset.zip`, 'application/zip') });
}

async function datasetName({ queries }: Portal, actor: Actor, scope: DatasetScope): Promise<string> {
  switch (scope.of) {
    case 'clinic':
      return fileStem(actor.clinicName, new Date().toISOString().slice(0, 10));
    case 'patient':
      return fileStem((await requirePatient(queries, actor, scope.id)).pseudonym);
    case 'visit':
      return stemOfVisit(await requireVisit(queries, actor, scope.id));
  }
}

function stemOfVisit({ patient, visit }: Pick<ExportedVisit, 'patient' | 'visit'>): string {
  return fileStem(patient.pseudonym, visit.day);
}

/**
 * @param offered beside `check`, which all formats have
 * @throws Failure `form` (400)
 */
function optionsOf({ query }: Asked, ...offered: (keyof ExportOptions)[]): ExportOptions {
  const given = Object.fromEntries(query);
  const parsed = exportOptionsSchema.safeParse(given);
  const foreign = Object.keys(given).some(name => ![...offered, 'check'].includes(name));
  if (parsed.success && !foreign) return parsed.data;
  const sentences: Record<keyof ExportOptions, string> = {
    names: 'names=true',
    undecided: 'undecided=detector',
    sound: 'sound=true',
    check: 'check=true',
  };
  throw failures.form(
    `This export takes no other options than ${[...offered, 'check' as const].map(name => sentences[name]).join(', ')}.`,
  );
}

const optionsOfFormat = {
  csv: ['names'],
  audacity: ['names'],
  raven: ['names'],
  icbhi: ['undecided'],
  json: ['names'],
} as const satisfies Record<AnnotationFormat, readonly (keyof ExportOptions)[]>;

function log(
  { portal }: Asked,
  actor: Actor,
  recordType: 'recording' | 'visit' | 'patient',
  recordId: string,
  { format, options }: { format: string; options: ExportOptions },
): Promise<void> {
  const { names, undecided, sound } = options;
  const detail: AuditEvent['detail'] = {
    format,
    ...(names && { names }),
    ...(sound && { sound }),
    ...(undecided !== 'leave-out' && { undecided }),
  };
  return appendAudit(portal.queries, actor, { action: 'export', recordType, recordId, detail });
}

function archive(files: readonly AnnotationFile[], name: string): Response {
  const text = new TextEncoder();
  requireZippable(0, files.length);
  const contents = (async function* (): AsyncGenerator<ArchivedFile> {
    for (const file of files) yield { path: file.name, bytes: text.encode(file.text) };
  })();
  return new Response(zipStream(contents), { headers: attachment(name, 'application/zip') });
}

function download(text: string, name: string, type: string): Response {
  return new Response(text, { headers: attachment(name, type) });
}

/** @param name of plain letters, see `fileStem` */
function attachment(name: string, type: string): Record<string, string> {
  return { 'content-type': type, 'content-disposition': `attachment; filename="${name || 'export'}"` };
}
