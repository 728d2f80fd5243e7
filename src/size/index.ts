export { type Estimate, type EstimateOptions, estimateMessage, estimateSize } from './estimate';
export { type SizeOptions, sizeOf, sizeOfMessage } from './size-of';
export type { Size } from './walk';
