/** The JSON schemas that this package publishes in `schemas/`, for readers in other languages. */
import { z } from 'zod';
import { bundleManifestSchema } from './bundle/manifest.ts';
import { screeningResultSchema } from './screening-result.ts';

export const publishedSchemas: Readonly<Record<string, object>> = {
  'bundle.schema.json': z.toJSONSchema(bundleManifestSchema, { target: 'draft-2020-12' }),
  'screening.schema.json': z.toJSONSchema(screeningResultSchema, { target: 'draft-2020-12' }),
};
