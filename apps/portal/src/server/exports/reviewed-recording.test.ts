import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { publishedSchemas } from './reviewed-recording.ts';

it.each(Object.entries(publishedSchemas))(
  '%s is up to date (see apps/portal/schemas/write-schemas.ts)',
  (name, schema) => {
    const published = JSON.parse(readFileSync(new URL(`../../../schemas/${name}`, import.meta.url), 'utf8'));
    expect(published).toEqual(JSON.parse(JSON.stringify(schema)));
  },
);
