import { describe, expect, it } from 'vitest';
import { passwordProblem } from './password-rules.ts';

const owner = { email: 'ada.moor@lungs.example', name: 'Ada Moor', clinicName: 'St. Anna' };
const codeOf = async (password: string) => (await passwordProblem(password, owner))?.code ?? null;

describe('a password', () => {
  it.each([
    'Sommer2026!!',
    'Passwort2026!',
    'Willkommen123!',
    '1q2w3e4r5t6z',
    'qwertzuiop123',
    'zaq12wsxcde3',
    'football12345',
    'P@ssw0rd1234',
    'administrator1',
    'trustno1trustno1',
    'correcthorsebatterystaple',
    'Berlin2025Berlin',
    'abcdefghijklmnop',
    'aaaaaaaaaaaaaaaa',
  ])('that is common is refused: %s', async password => {
    expect(await codeOf(password)).toBe('password-simple');
  });

  it.each([
    'Tulpe-Bagger-17-Regen',
    'xK9#mQ2$vL7p',
    'ruhiger fluss am morgen',
    'Anker-Pfeife-41-Sand',
    `${'x'.repeat(20)}Tulpe-Bagger-17-Regen`,
  ])('that is not is taken: %s', async password => {
    expect(await codeOf(password)).toBe(null);
  });

  it.each([
    'Moor-Bagger-17-Regen',
    'ADA.MOOR-Tulpe-17',
    'Tulpe-St.Anna-17-Regen',
    'Tulpe st. anna Regen',
    'Crepitus-Tulpe-17',
  ])('that names account, clinic or portal is refused: %s', async password => {
    expect(await codeOf(password)).toBe('password-personal');
  });

  it('of a clinic without a name is judged by the rest', async () => {
    expect(await passwordProblem('Tulpe-Bagger-17-Regen', { email: '', name: '', clinicName: '' })).toBe(
      null,
    );
  });

  it.each([
    ['elf-zeichen', 'password-short'],
    ['👩‍⚕️'.repeat(2), 'password-short'],
    ['Tulpe-Bagger-17-Regen'.repeat(7), 'password-long'],
  ])('of a length that is not taken: %s', async (password, code) => {
    expect(await codeOf(password)).toBe(code);
  });
});
