export { type BreathContour, breathContour, contourStep } from './breath-contour.ts';
export { type CycleShape, courseOf, cycleShapes, shapeParts } from './cycle-shapes.ts';
export { fixedWindowSeconds, fixedWindows } from './fixed-windows.ts';
export type { FoundCycles } from './found-cycles.ts';
export { type AirflowOptions, findCyclesFromAirflow } from './from-airflow.ts';
export { findCyclesFromSound } from './from-sound.ts';
export { NewestSamples } from './newest-samples.ts';
export { RunningCycles } from './running.ts';
