import type { FlowNode, Hooks } from '../ledger';

/** What a profile needs of the Node-RED it runs in. */
export interface FlowWorld {
  hooks: Hooks;
  /** The running nodes, those inside subflow instances and config nodes included. */
  nodes(): Iterable<FlowNode>;
  /** Names of the context stores; `default` where there is one only. */
  stores(): readonly string[];
}
