import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runJsonSchemas } from './run-record.ts';

test.each(Object.entries(runJsonSchemas))('the published %s is what this code reads', (name, schema) => {
  const published = readFileSync(new URL(`../../schemas/${name}`, import.meta.url), 'utf8');
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(schema)));
});
