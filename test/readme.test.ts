import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const cli = join(root, 'apps', 'cli', 'bin', 'run.js');

/** Commands of the code blocks, continuation lines joined, comments dropped. */
const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block]) => block!.replace(/\\\n\s*/g, '').split('\n'))
  .map(line => line.replace(/\s+#.*$/, '').trim())
  .filter(line => line !== '');

describe('the README', () => {
  const crepitus = commands.filter(command => command.startsWith('npx crepitus '));
  it.each(crepitus)('shows a command that exists: %s', command => {
    const words = command.split(/\s+/).slice(2);
    const topics = new Set(['train', 'data', 'model', 'experiment']);
    const name = topics.has(words[0]!) ? words.slice(0, 2) : words.slice(0, 1);
    const help = execFileSync('node', [cli, ...name, '--help'], { encoding: 'utf8' });
    for (const flag of words.filter(word => word.startsWith('--'))) expect(help).toContain(flag);
  });

  it('sets everything up with two commands that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(commands).toContain('npm ci && npm run demo');
    expect(commands).toContain('npm ci && npm test');
    expect(scripts).toHaveProperty('demo');
    expect(scripts).toHaveProperty('test');
  });

  it('links to files that exist', () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)\)|\bsrc(?:set)?="([^"]+)"/g)]
      .map(match => match[1] ?? match[2]!)
      .filter(l => !l.includes('://'));
    expect(links.length).toBeGreaterThan(5);
    for (const link of links) expect(existsSync(join(root, link)), link).toBe(true);
  });
});
