import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { publishedSchemas } from './published-schemas.ts';

const folder = new URL('../schemas/', import.meta.url);

it('the JSON schemas on disk are those of the code; `npm run schemas -w packages/lab` writes them', () => {
  const onDisk = readdirSync(folder).filter(name => name.endsWith('.json'));
  expect(onDisk.sort()).toEqual(Object.keys(publishedSchemas).sort());
  for (const name of onDisk)
    expect(JSON.parse(readFileSync(new URL(name, folder), 'utf8')), name).toEqual(
      JSON.parse(JSON.stringify(publishedSchemas[name])),
    );
});
