export { type Agreement, agreementOf, type CycleCounts, countCycles, matchCycles } from './agreement.ts';
export {
  type CycleFigures,
  type CycleReport,
  type CycleReportOptions,
  cycleReportJsonSchema,
  cycleReportSchema,
  reportCyclesFromSound,
} from './cycle-report.ts';
export { detectorScores } from './detector-scores.ts';
export { type AnnotatedContour, fitCycleShapes } from './fit-cycle-shapes.ts';
export { isTuningSubject } from './tuning-subjects.ts';
