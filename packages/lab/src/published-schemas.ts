import { cycleReportJsonSchema } from './cycles-from-sound/cycle-report.ts';
import { evaluationJsonSchema } from './evaluate/evaluation.ts';
import { experimentJsonSchemas } from './experiment/layout.ts';
import { planJsonSchema } from './experiment/plan.ts';
import { runJsonSchemas } from './train/run-record.ts';

/** The JSON schemas of all that this package writes, by their file name in `schemas/`. */
export const publishedSchemas: Readonly<Record<string, unknown>> = {
  'cycle-report.schema.json': cycleReportJsonSchema,
  'evaluation.schema.json': evaluationJsonSchema,
  'plan.schema.json': planJsonSchema,
  ...experimentJsonSchemas,
  ...runJsonSchemas,
};
