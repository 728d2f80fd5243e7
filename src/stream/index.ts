/** Items pulled through a flow, one window at a time. */
export { ArraySource } from './array';
export { ChunkSource } from './chunks';
export { type CsvItem, type CsvOptions, CsvSource } from './csv';
export { FileBytes } from './file-bytes';
export { IterableSource } from './iterable';
export { JsonLinesSource } from './json-lines';
export { LaterSource } from './later';
export { LazyRun, type Portion, type RunOptions, type RunSummary } from './lazy-run';
export { LineSource } from './lines';
export { type Range, RangeSource } from './range';
export { RunQueue } from './run-queue';
export { BadItem, type ByteReader, END, type End, type Source } from './source';
