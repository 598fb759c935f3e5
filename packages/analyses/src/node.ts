/** The store of recordings, the process that computes on sound, the work on analyses. */

export { type AnalysisEnd, type AnalysisWork, portalBundle, workOnAnalyses } from './analysis-work.ts';
export {
  type Blobs,
  type BlobsPlace,
  blobNameOf,
  type Environment,
  isStoreTrouble,
  openBlobs,
  sha256Of,
} from './blobs.ts';
export { DiskBlobs } from './disk-blobs.ts';
export { runSoundTask, type SoundTaskOptions } from './run-sound-task.ts';
