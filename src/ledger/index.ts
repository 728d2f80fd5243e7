/** Who holds which message now. */
export { describeNode, type FlowNode, type NodeName, nameFlow, nameNode } from './flow-node';
export type { NodeHoldings } from './holdings';
export type { Hooks, Message } from './hooks';
export { Ledger, ledger, SWEEP_MS } from './ledger';
export { type FlowsView, runningNodes } from './running';
export type { Outcome, Token, TokenSpec } from './token';
