/** Writes the published JSON schemas anew: `npm run schemas -w packages/lab`. */
import { writeFileSync } from 'node:fs';
import { publishedSchemas } from '../src/published-schemas.ts';

for (const [name, schema] of Object.entries(publishedSchemas))
  writeFileSync(new URL(name, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
