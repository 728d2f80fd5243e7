import type { FlowNode, Hooks, Message } from '../ledger';
import { NodeFrames } from './frames';

interface SendEvent {
  msg: Message;
  source: { id: string; node: FlowNode };
  cloneMessage: boolean;
}

interface ReceiveEvent {
  msg: Message;
  /** Absent where nothing was sent: a node's button, a message handed to it directly. */
  source?: { id: string };
  destination: { id: string; node: FlowNode };
}

const LABEL = 'headroom-profile';
/** Function nodes are known in a stack by the name of their script. */
const NAMED_ITSELF = 'function';

/** Told of every message that arrives while nodes are marked. */
export type OnArrival = (node: FlowNode, msg: Message, from: string | undefined) => void;

/** Runs a node's work on a message, for whoever measures it. */
export type Around = (node: FlowNode, work: () => void) => void;

/**
 * Puts the name of the flow node into the stack of everything it does with a message: its handlers, and the
 * copies made for further wires while it sends. By hooks of two parameters, which run the rest of the pipeline
 * inside their `done`. They are there only while a profile is armed.
 */
export class NodeMarks {
  readonly #frames = new NodeFrames();
  #hooks: Hooks | null = null;

  turnOn(hooks: Hooks, onArrival: OnArrival, around: Around | null): void {
    if (this.#hooks) return;
    this.#hooks = hooks;
    const frames = this.#frames;
    hooks.add(
      `onReceive.${LABEL}`,
      ({ msg, source, destination: { node } }: ReceiveEvent, done: () => void) => {
        onArrival(node, msg, source?.id);
        const work = node.type === NAMED_ITSELF ? done : () => frames.of(node.id)(done);
        if (around) around(node, work);
        else work();
      },
    );
    hooks.add(`onSend.${LABEL}`, (events: SendEvent[], done: () => void) => {
      const first = events[0];
      // Only copies take memory here; one wire has none.
      if (first === undefined || events.length === 1) done();
      else frames.of(first.source.id)(done);
    });
  }

  turnOff(): void {
    this.#hooks?.remove(`*.${LABEL}`);
    this.#hooks = null;
    this.#frames.clear();
  }
}
