/**
 * Commands for whoever runs the portal. On PostgreSQL they use the server beside the portal; an embedded database has one
 * owner, which they ask while it runs, and else become for a moment.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { link, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openBlobs } from '@crepitus/analyses/node';
import { CrepitusError } from '@crepitus/dsp';
import { type AuditVerdict, verifyAudit } from './audit.ts';
import { megabytes } from './backup/form.ts';
import { makeBackup } from './backup/make.ts';
import { openBackup } from './backup/read.ts';
import { restore } from './backup/restore.ts';
import { dataFolderPath, openDataFolder } from './data-folder.ts';
import { type LockOwner, ownerOf } from './data-folder-lock.ts';
import type { Queries } from './database.ts';
import { linkForNewClinic } from './invitations.ts';
import { openStore, portIn, publicAddressIn, type Store } from './serve.ts';

/** Gives the exit code: 0, or 4 where the chain is broken or the hash was not seen. */
export async function verifyAuditLog(seen: string | null): Promise<number> {
  const verdict = await ask<AuditVerdict>('audit-verify', { seen }, queries => verifyAudit(queries, seen));
  const { entries, head, broken } = verdict;
  if (broken !== null) {
    console.error(
      `The audit log is broken at entry ${broken.seq}: ${broken.reason}; before it ${entries} entries fit.`,
    );
    return 4;
  }
  console.log(`The audit log is whole: ${entries} entries; the hash of the last one is ${head}.`);
  if (verdict.seen === null) return 0;
  if (verdict.seen) {
    console.log('The hash that was asked for is in it.');
    return 0;
  }
  console.error(
    'The hash that was asked for is not in it: the log was cut off or written anew since it was noted.',
  );
  return 4;
}

export async function addClinic(): Promise<void> {
  const publicAddress = publicAddressIn(process.env, portIn(process.env));
  const { link } = await ask<{ link: string }>('clinic-add', {}, async queries => ({
    link: await linkForNewClinic(queries, publicAddress),
  }));
  console.log(`This link makes a clinic and its first administrator, works once and for 24 hours:\n${link}`);
}

/**
 * @param withBrokenLog whether it is also made where the audit log is broken
 * @returns the exit code: 0, 3 where the store had lost recordings, 4 where the audit log in it is broken
 */
export async function backUp(file: string, withBrokenLog = false): Promise<number> {
  const target = resolve(file);
  if (existsSync(target))
    throw new CrepitusError('backup-exists', `There is a file ${target} already; give another name.`, {
      kind: 'usage',
    });
  const partial = `${target}.${randomUUID()}.partial`;
  try {
    const write = (archive: AsyncIterable<Uint8Array>) =>
      pipeline(archive, createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true }));
    const owner = runningPortal();
    if (owner !== null) await write((await askPortal(owner, 'backup', { withBrokenLog })).body!);
    else
      await withStore(async ({ database, folder }) => {
        const scratch = folder.uploads;
        const blobs = await openBlobs(process.env, { folder: folder.blobs, scratch });
        const { queries } = database;
        await write(makeBackup({ queries, blobs, secrets: folder.secrets, scratch, withBrokenLog }));
        blobs.close();
      });
    const backup = await openBackup(partial); // What is not whole is no backup.
    await link(partial, target);
    const { entries, head, broken } = backup.description.audit;
    const log =
      broken === undefined
        ? `Its audit log has ${entries} entries; the hash of the last one is ${head}.`
        : `Its audit log is broken at entry ${broken.seq} (${broken.reason}), and so it is in the backup; before it ${entries} entries fit.`;
    console.log(
      `The backup ${target} is whole: ${backup.blobs.length} recordings, ${megabytes(backup.bytes)}. ${log} It holds patients' data and the secret of second factors: keep it where only you can read it.`,
    );
    const { lost } = backup.end;
    const end = broken === undefined ? 0 : 4;
    if (lost.length === 0) return end;
    console.error(
      `${lost.length} recordings are not in it, because the store has them no more or damaged: ${lost.join(', ')}.`,
    );
    return end || 3;
  } catch (cause) {
    if (cause instanceof CrepitusError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new CrepitusError(
      'backup-failed',
      `The backup ${target} could not be made (${code ?? message}); nothing of it was kept. Check the room on its disk, and what the portal says.`,
      { kind: 'refused', cause },
    );
  } finally {
    await rm(partial, { force: true });
  }
}

export async function restoreFrom(file: string): Promise<number> {
  const { description, blobs, end } = await restore(resolve(file), process.env);
  const { entries, broken } = description.audit;
  const log =
    broken === undefined
      ? `an audit log of ${entries} entries that is whole`
      : `an audit log that is broken at entry ${broken.seq}, as it was when the backup was made`;
  console.log(
    `The backup of ${description.made.slice(0, 16).replace('T', ' ')} UTC is restored: ${blobs.length} recordings, and ${log}. Everybody signs in anew.`,
  );
  if (end.lost.length === 0) return 0;
  console.error(`${end.lost.length} recordings have no sound: they were lost before the backup was made.`);
  return 3;
}

async function ask<Answer>(
  command: string,
  question: object,
  alone: (queries: Queries) => Promise<Answer>,
): Promise<Answer> {
  const owner = runningPortal();
  if (owner !== null) return (await (await askPortal(owner, command, question)).json()) as Answer;
  return withStore(({ database }) => alone(database.queries));
}

async function withStore<Result>(use: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openStore(process.env, { existing: true });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Who has the embedded database; null: nobody, or it is on a server. */
function runningPortal(): LockOwner | null {
  return process.env.DATABASE_URL ? null : ownerOf(dataFolderPath());
}

async function askPortal(owner: LockOwner, command: string, question: object): Promise<Response> {
  if (owner.address === null)
    throw new CrepitusError(
      'portal-starting',
      `The portal of process ${owner.pid} is starting or stopping; try again in a moment.`,
      { kind: 'refused' },
    );
  const { secrets } = await openDataFolder(dataFolderPath());
  const response = await fetch(`${owner.address}/api/commands/${command}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secrets.commands}`, 'content-type': 'application/json' },
    body: JSON.stringify(question),
  });
  if (response.ok) return response;
  throw new CrepitusError(
    'portal-refused',
    `The portal of process ${owner.pid} did not answer (${response.status}); its log says why.`,
    { kind: 'refused' },
  );
}
