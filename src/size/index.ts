export { type Estimate, estimateSize } from './estimate';
export { type SizeOptions, sizeOf, sizeOfMessage } from './size-of';
export type { Size } from './walk';
