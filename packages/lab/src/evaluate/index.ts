export * from './auc.ts';
export * from './bootstrap.ts';
export * from './confusion.ts';
export * from './figures.ts';
export * from './predictions.ts';
