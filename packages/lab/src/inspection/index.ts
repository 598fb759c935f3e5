export { type AirflowSummary, type InspectedDataset, inspectDataset } from './inspect-dataset.ts';
export { inspectionTotals } from './inspection-page.ts';
