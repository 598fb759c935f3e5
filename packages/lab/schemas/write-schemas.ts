/**
 * Writes the published JSON schemas anew, from the repository's root:
 * `node --conditions=@crepitus/source --import tsx packages/lab/schemas/write-schemas.ts && npx biome format --write packages/lab/schemas`
 */
import { writeFileSync } from 'node:fs';
import { evaluationJsonSchema } from '../src/evaluate/evaluation.ts';
import { runJsonSchemas } from '../src/train/run-record.ts';

const schemas = { 'evaluation.schema.json': evaluationJsonSchema, ...runJsonSchemas };
for (const [name, schema] of Object.entries(schemas)) {
  writeFileSync(new URL(name, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
