/** Who holds what. */
export { type InFlight, inFlight } from './in-flight';
