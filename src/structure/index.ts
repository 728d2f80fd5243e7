export * from './records';
export * from './ring';
export * from './tally';
