export * from './ring';
export * from './tally';
