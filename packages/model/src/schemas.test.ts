import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { publishedSchemas } from './schemas.ts';

describe('published JSON schemas', () => {
  it.each(Object.entries(publishedSchemas))(
    '%s is up to date (npm run schemas -w packages/model)',
    (name, schema) => {
      const published = JSON.parse(readFileSync(new URL(`../schemas/${name}`, import.meta.url), 'utf8'));
      expect(published).toEqual(JSON.parse(JSON.stringify(schema)));
    },
  );
});
