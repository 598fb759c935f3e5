import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addClinic, backUp, verifyAuditLog } from './commands.ts';
import { openStore } from './serve.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crepitus-commands-'));
  vi.stubEnv('DATABASE_URL', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const commands = [
  ['backup', () => backUp(join(folder, 'backup.tar'))],
  ['audit verify', () => verifyAuditLog(null)],
  ['clinic add', addClinic],
] as const;

describe.each(commands)('the command %s', (_, command) => {
  it('refuses a data folder that holds no portal, and makes nothing', async () => {
    const path = join(folder, 'typo');
    vi.stubEnv('CREPITUS_DATA', path);
    const refusal = {
      code: 'no-portal',
      kind: 'usage',
      message: `The folder ${path} holds no portal; name its data folder in CREPITUS_DATA.`,
    };
    await expect(command()).rejects.toMatchObject(refusal);
    expect(existsSync(path)).toBe(false);
    mkdirSync(path);
    writeFileSync(join(path, 'letters.txt'), '');
    await expect(command()).rejects.toMatchObject(refusal);
    expect(readdirSync(path)).toEqual(['letters.txt']);
    expect(readdirSync(folder)).toEqual(['typo']);
  });
});

it('the commands take the data folder of a portal that rests', async () => {
  vi.stubEnv('CREPITUS_DATA', join(folder, 'data'));
  await (await openStore()).close();
  const said = vi.spyOn(console, 'log').mockImplementation(() => {});
  await addClinic();
  expect(await verifyAuditLog(null)).toBe(0);
  expect(said).toHaveBeenLastCalledWith(expect.stringMatching(/^The audit log is whole: 1 entries/));
  expect(await backUp(join(folder, 'backup.tar'))).toBe(0);
}, 300_000);
