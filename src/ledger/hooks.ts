import type { FlowNode } from './flow-node';

/** A flow message: any object. */
export type Message = Record<PropertyKey, unknown>;

/** The part of Node-RED's message hooks that the ledger uses; `RED.hooks` has this shape. */
export interface Hooks {
  /** A listener with a second parameter runs the rest of the pipeline inside `done`. */
  add(name: string, listener: (event: never, done: () => void) => void): void;
  remove(name: string): void;
}

/** `preDeliver`: the destination is known and the message was cloned if it had to be. */
export interface DeliverEvent {
  msg: Message;
  source: { id: string; node: FlowNode };
  destination: { id: string; node: FlowNode };
}

/** `onReceive` and `postReceive`: around a node's input handlers. */
export interface ReceiveEvent {
  msg: Message;
  destination: { id: string; node: FlowNode };
}

/** `onComplete`: a node called done, or done(error), for a message. */
export interface CompleteEvent {
  msg: Message;
  error?: unknown;
  node: { id: string; node: FlowNode };
}

const LABEL = 'headroom';

/** What the ledger does at each point of a message's way. */
export interface Listeners {
  preDeliver(event: DeliverEvent): void;
  onReceive(event: ReceiveEvent): void;
  postReceive(event: ReceiveEvent): void;
  onComplete(event: CompleteEvent): void;
}

/**
 * Puts the listeners on the hooks, or takes them off. Labelled, for only labelled hooks can be removed.
 * A hook that throws would make Node-RED drop the message it was called for: a fault of ours must not.
 */
export class HookSwitch {
  #hooks: Hooks | null = null;
  #on = false;

  constructor(
    readonly listeners: Listeners,
    readonly onFault: (fault: unknown) => void,
  ) {}

  get attached(): boolean {
    return this.#hooks !== null;
  }

  get on(): boolean {
    return this.#on;
  }

  attach(hooks: Hooks | null): void {
    this.turnOff();
    this.#hooks = hooks;
  }

  turnOn(): void {
    const hooks = this.#hooks;
    if (this.#on || !hooks) return;
    this.#on = true;
    const { listeners, onFault } = this;
    // One guarded closure per hook with exactly one parameter: Node-RED treats other arities as asynchronous.
    hooks.add(`preDeliver.${LABEL}`, (event: DeliverEvent) => {
      try {
        listeners.preDeliver(event);
      } catch (fault) {
        onFault(fault);
      }
    });
    hooks.add(`onReceive.${LABEL}`, (event: ReceiveEvent) => {
      try {
        listeners.onReceive(event);
      } catch (fault) {
        onFault(fault);
      }
    });
    hooks.add(`postReceive.${LABEL}`, (event: ReceiveEvent) => {
      try {
        listeners.postReceive(event);
      } catch (fault) {
        onFault(fault);
      }
    });
    hooks.add(`onComplete.${LABEL}`, (event: CompleteEvent) => {
      try {
        listeners.onComplete(event);
      } catch (fault) {
        onFault(fault);
      }
    });
  }

  turnOff(): void {
    if (!this.#on) return;
    this.#on = false;
    this.#hooks?.remove(`*.${LABEL}`);
  }
}
