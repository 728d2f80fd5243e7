import type { EventEmitter } from 'node:events';
import type { FlowsView, Hooks } from '../ledger';

/** What a profile needs of the Node-RED it runs in. */
export interface FlowWorld {
  hooks: Hooks;
  flows: FlowsView;
  /** The stores that contexts may be kept in. */
  stores: readonly string[];
  /** Emitters that belong to all: what listens there may keep memory. */
  emitters: readonly EventEmitter[];
}
