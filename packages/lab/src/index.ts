export {
  type Augmentation,
  drawVariation,
  type PlannedItem,
  planItems,
  type Variation,
} from './augment/plan.ts';
export { maskPicture } from './augment/spec-augment.ts';
export * from './cycles-from-sound/index.ts';
export * from './evaluate/index.ts';
export * from './experiment/index.ts';
export { CycleStore, defaultCacheFolder } from './features/cycle-store.ts';
export { focalLoss, l2Penalty } from './focal-loss.ts';
export * from './inspection/index.ts';
export * from './report/index.ts';
export * from './screening/index.ts';
export * from './train/index.ts';
export { writeExport } from './write-export.ts';
