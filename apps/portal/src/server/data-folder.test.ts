import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataFolderPath, openDataFolder } from './data-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crepitus-data-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the data folder', () => {
  it.each([
    [{ CREPITUS_DATA: '/srv/lungs' }, '/srv/lungs'],
    [{ CREPITUS_DATA: '', XDG_DATA_HOME: '/xdg' }, '/xdg/crepitus'],
  ])('of %j is %s', (environment, path) => {
    expect(dataFolderPath(environment)).toBe(path);
  });

  it('makes its secrets once, also for two at the same time, and lets nobody else read', async () => {
    const path = join(folder, 'data');
    const opened = await Promise.all([openDataFolder(path), openDataFolder(path)]);
    opened.push(await openDataFolder(path));
    expect(new Set(opened.map(({ secrets }) => JSON.stringify(secrets))).size).toBe(1);
    expect(opened[0]!.secrets.auth).toMatch(/^[\w-]{43}$/);
    for (const name of readdirSync(path)) expect(statSync(join(path, name)).mode & 0o077, name).toBe(0);
    expect(readdirSync(path).sort()).toEqual(['blobs', 'secrets.json', 'uploads']);
  });

  it('does not replace secrets that it cannot read', async () => {
    writeFileSync(join(folder, 'secrets.json'), '{"auth": "short"}');
    await expect(openDataFolder(folder)).rejects.toMatchObject({ code: 'secrets', kind: 'refused' });
  });

  it('that cannot be made costs one sentence', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(openDataFolder(join(folder, 'file', 'data'))).rejects.toMatchObject({
      code: 'data-folder',
      message: expect.stringMatching(/ENOTDIR\); check its rights, or name another one in CREPITUS_DATA\.$/),
    });
  });
});
