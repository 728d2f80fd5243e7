import type { Node } from 'node-red';

/** The profile nodes whose profile runs: their button stops it, that of others starts one. */
export const running = new Set<Node>();
