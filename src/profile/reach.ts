import { types } from 'node:util';
import { BOXED_NUMBER, CLOSURE, isInline } from '../size/layout';
import type { Inspector } from './inspect';
import { type Bytes, ownValue, partsOf, valuesOf } from './parts';

/** Things looked at for one owner, and functions among them: those are dear. */
const MOST_THINGS = 5_000;
const MOST_FUNCTIONS = 32;
/** Beyond so many things few items of each collection are looked at, or a long chain would not be reached to its end. */
const MANY_THINGS = 1_000;
const FEW_PARTS = 3;
/** Objects of one class whose private fields are looked into. */
const MOST_OF_A_CLASS = 8;
/** Head of a text; what it is made of is not looked into, for that would write out what was joined. */
const TEXT_HEAD = 16;
const LONGEST_WORD = 16;

/**
 * How much memory hangs on a few roots, and how that grows: not to the byte, but the same way each time. Big
 * collections are looked at in a sample of their parts; the variables of closures are reached through the
 * inspector. Read only: no getter is run, no proxy triggered. What one root has reached counts for no later one.
 */
export class Reach {
  readonly #seen = new Set<object>();
  #functions = 0;
  /** By prototype, how often private fields may still be looked for: each look is as dear as one into a function. */
  readonly #looksLeft = new Map<object, number>();

  constructor(
    private readonly inspector: Inspector,
    /** Whether something belongs to everybody: modules, other nodes, flows, servers. */
    private readonly isShared: (value: object) => boolean,
    /** Functions all roots together may cost. */
    private readonly mostFunctions: number,
  ) {}

  weigh(roots: Iterable<unknown>, mostFunctions = MOST_FUNCTIONS): Bytes {
    const pile = new Pile(this.#seen);
    for (const root of roots) pile.meet(root, 1);
    let functions = 0;
    for (let at = 0; at < pile.things.length && at < MOST_THINGS; at += 1) {
      const { value, times } = pile.things[at] as Thing;
      if (types.isProxy(value) || this.isShared(value)) continue;
      if (typeof value !== 'function') {
        pile.open(value, times);
        for (const hidden of this.#hiddenIn(value)) pile.meet(hidden, times);
      } else if (functions < mostFunctions && this.#functions < this.mostFunctions) {
        functions += 1;
        this.#functions += 1;
        this.#close(value, times, pile);
      }
    }
    return pile.sum;
  }

  /** The private fields of an object of a class; those of a class that has none are looked for once. */
  #hiddenIn(value: object): readonly unknown[] {
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (!prototype) return [];
    const left = this.#looksLeft.get(prototype) ?? (isOfClass(prototype) ? MOST_OF_A_CLASS : 0);
    if (left === 0) this.#looksLeft.set(prototype, 0);
    if (left === 0 || this.#functions >= this.mostFunctions) return [];
    this.#functions += 1;
    const fields = this.inspector.privateFields(value);
    this.#looksLeft.set(prototype, fields.length > 0 ? left - 1 : 0);
    return fields;
  }

  /** The variables that a function closes over, those of the realm excepted. */
  #close(fn: object, times: number, pile: Pile): void {
    pile.sum.heap += times * CLOSURE;
    for (const { kind, variables } of this.inspector.scopesOf(fn)) {
      if (kind === 'Global' || kind === 'Script') continue;
      for (const value of valuesOf(variables)) pile.meet(value, times);
    }
  }
}

/** Only what a `class` has made can have private fields. */
function isOfClass(prototype: object): boolean {
  const maker = ownValue(prototype, 'constructor');
  return typeof maker === 'function' && /^class\b/.test(Function.prototype.toString.call(maker));
}

interface Thing {
  value: object;
  /** How many things like it this one stands for. */
  times: number;
}

/** What is still to be looked at, each thing once, and the sum so far. */
class Pile {
  readonly things: Thing[] = [];
  readonly #words = new Set<string>();
  readonly sum: Bytes = { heap: 0, external: 0 };

  constructor(private readonly seen: Set<object>) {}

  meet(value: unknown, times: number): void {
    switch (typeof value) {
      case 'string':
        this.#text(value, times);
        break;
      case 'number':
        if (!isInline(value)) this.sum.heap += times * BOXED_NUMBER;
        break;
      case 'object':
        if (value !== null) this.#put(value, times);
        break;
      case 'function':
        this.#put(value, times);
        break;
    }
  }

  open(value: object, times: number): void {
    const most = this.things.length > MANY_THINGS ? FEW_PARTS : undefined;
    const { heap, external } = partsOf(value, (part, more) => this.meet(part, times * more), most);
    this.sum.heap += times * heap;
    this.sum.external += times * external;
  }

  /** The same short word in many places is mostly one text. */
  #text(text: string, times: number): void {
    if (text.length <= 1) return;
    if (text.length <= LONGEST_WORD) {
      if (this.#words.has(text)) return;
      this.#words.add(text);
    }
    this.sum.heap += times * (TEXT_HEAD + text.length);
  }

  #put(value: object, times: number): void {
    const { size } = this.seen;
    this.seen.add(value);
    if (this.seen.size > size) this.things.push({ value, times });
  }
}
