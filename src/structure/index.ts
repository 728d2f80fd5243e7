export * from './keep';
export { keyOf, LONGEST_KEY, NO_KEY } from './key';
export { NUMBER_EXPECTED, numberOf, shown } from './number';
export * from './records';
export * from './ring';
export * from './tally';
