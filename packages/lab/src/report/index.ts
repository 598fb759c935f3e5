export type { ExperimentData, PlannedSystem, PlannedTraining } from './experiment-data.ts';
export { packPredictions, splitPredictions, unpackPredictions } from './packed-predictions.ts';
export { readExperimentData } from './read-experiment.ts';
export { type ReportContents, reportContents } from './report-contents.ts';
export { reportPage } from './report-page.ts';
export { csvParts, csvTable, latexTable, markdownTable } from './table-text.ts';
export { type WrittenReport, writeReport } from './write-report.ts';
