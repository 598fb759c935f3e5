/**
 * Writes the published JSON schemas anew, from the repository's root:
 * `node --conditions=@crepitus/source --import tsx packages/lab/schemas/write-schemas.ts && npx biome format --write packages/lab/schemas`
 */
import { writeFileSync } from 'node:fs';
import { evaluationJsonSchema } from '../src/evaluate/evaluation.ts';

writeFileSync(
  new URL('evaluation.schema.json', import.meta.url),
  `${JSON.stringify(evaluationJsonSchema, null, 2)}\n`,
);
