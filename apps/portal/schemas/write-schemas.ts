/**
 * Writes the published JSON schemas anew:
 * `node --conditions=@crepitus/source --import tsx apps/portal/schemas/write-schemas.ts && npx biome format --write apps/portal/schemas`.
 */
import { writeFileSync } from 'node:fs';
import { publishedSchemas } from '../src/server/exports/reviewed-recording.ts';

for (const [name, schema] of Object.entries(publishedSchemas)) {
  writeFileSync(new URL(name, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
