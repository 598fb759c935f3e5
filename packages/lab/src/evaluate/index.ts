export * from './auc.ts';
export * from './confusion.ts';
