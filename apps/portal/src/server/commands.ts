/**
 * Commands for whoever runs the portal. On PostgreSQL they use the server beside the portal; an embedded database has one
 * owner, which they ask while it runs, and else become for a moment.
 */
import { CrepitusError } from '@crepitus/dsp';
import { linkForNewClinic } from './accounts.ts';
import { type AuditVerdict, verifyAudit } from './audit.ts';
import { dataFolderPath, openDataFolder } from './data-folder.ts';
import { ownerOf } from './data-folder-lock.ts';
import type { Queries } from './database.ts';
import { openStore, portIn, publicAddressIn } from './serve.ts';

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

async function ask<Answer>(
  command: string,
  question: object,
  alone: (queries: Queries) => Promise<Answer>,
): Promise<Answer> {
  const path = dataFolderPath();
  const owner = process.env.DATABASE_URL ? null : ownerOf(path);
  if (owner !== null) {
    if (owner.address === null)
      throw new CrepitusError(
        'portal-starting',
        `The portal of process ${owner.pid} is starting or stopping; try again in a moment.`,
        { kind: 'refused' },
      );
    const { secrets } = await openDataFolder(path);
    const response = await fetch(`${owner.address}/api/commands/${command}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secrets.commands}`, 'content-type': 'application/json' },
      body: JSON.stringify(question),
    });
    if (!response.ok)
      throw new CrepitusError(
        'portal-refused',
        `The portal of process ${owner.pid} did not answer (${response.status}); its log says why.`,
        { kind: 'refused' },
      );
    return (await response.json()) as Answer;
  }
  const store = await openStore();
  try {
    return await alone(store.database.queries);
  } finally {
    await store.close();
  }
}
