export { calledText } from './called-text.ts';
export { type ScreenOptions, screenPaths } from './screen-paths.ts';
export type { PageTexts } from './screening-page.ts';
