/** Resources that are held for the time of a body: everything that descends from one message. */
export type { BodyEnd, BodyOutcome } from './body';
export { type Bounds, TooManyWaiting, WaitedTooLong } from './bounded';
export { type BudgetInfo, budgetResource, HeadroomBudget, type Room, type RoomReader } from './budget';
export { type FileAccess, type FileOptions, fileResource, ScopedFile } from './file';
export type { Swept } from './owner';
export { type PermitInfo, type PermitOptions, permitResource } from './permit';
export { type Held, noResource, type Resource, type ResourceKind } from './resource';
export { type BodyReport, Scope, type ScopeOptions, ScopeStopped } from './scope';
export { type TemporaryOptions, type TemporaryResource, temporaryFile, temporaryFolder } from './temporary';
