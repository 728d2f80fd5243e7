import type { FlowNode } from './flow-node';
import { Follower } from './follower';
import type { NodeHoldings } from './holdings';
import { HookSwitch, type Hooks, type Message } from './hooks';
import { OpenRequests } from './requests';
import { Token, type TokenKeeper, type TokenSpec } from './token';
import { TurnEnd } from './turn-end';

/** How often what is held is looked through, and how long a message is held strongly. */
export const SWEEP_MS = 1_000;

/**
 * Who holds which message now. A token on it lives as long as a message in flight carries it, and ends, once,
 * when the last such message has completed. Node-RED's hooks are installed only while a token is alive or
 * somebody counts messages, and at most one sweep longer.
 *
 * A token is looked at when a turn of the event loop is over. So a node that calls done first and sends right
 * after keeps what it sends, and so do catch and complete nodes, which get their copies after the completion.
 */
export class Ledger implements TokenKeeper {
  /** The newest fault in a hook or an end, kept because neither may throw into Node-RED; null when all is well. */
  lastFault: unknown = null;
  readonly #tokensByMemory = new WeakMap<ArrayBufferLike, Token>();
  readonly #keepFault = (fault: unknown): void => {
    this.lastFault = fault;
  };
  readonly #turnEnd = new TurnEnd(this.#keepFault);
  readonly #follower = new Follower(this.#tokensByMemory, this.#turnEnd);
  readonly #switch = new HookSwitch(this.#follower, this.#keepFault);
  readonly #requests = new OpenRequests();
  readonly #unsettled: Token[] = [];
  #live = 0;
  /** Those of them that messages carry by the memory they show. */
  #liveMemory = 0;
  #watchers = 0;
  #sweeper: NodeJS.Timeout | null = null;

  /** Hands the ledger Node-RED's hooks; null takes them away. Until it has them tokens are not followed. */
  attach(hooks: Hooks | null): void {
    this.#turnOff();
    this.#switch.attach(hooks);
    if (this.#used) this.#turnOn();
  }

  get attached(): boolean {
    return this.#switch.attached;
  }

  /** Whether hooks are installed now. */
  get active(): boolean {
    return this.#switch.on;
  }

  /** Tokens that have not ended. */
  get live(): number {
    return this.#live;
  }

  /** Opens a token with one reference, the opener's: to be released once it is sent or no longer wanted. */
  open(spec: TokenSpec): Token {
    const token = new Token(spec, this);
    if (spec.memory) {
      this.#tokensByMemory.set(spec.memory, token);
      this.#liveMemory += 1;
      this.#follower.lookingForMemory = true;
    }
    if (spec.descends) this.#follower.descent.opened();
    this.#live += 1;
    this.#follower.searching = true;
    this.#turnOn();
    return token;
  }

  /** Makes a message, and all that will descend from it, carry a `descends` token. */
  put(token: Token, msg: Message): void {
    this.#follower.descent.put(token, msg);
  }

  /** The token that memory carries, ended or not. */
  tokenOf(memory: ArrayBufferLike): Token | undefined {
    return this.#tokensByMemory.get(memory);
  }

  /** Says that a token's memory was collected unended, and its token with it. */
  lost(): void {
    this.#live -= 1;
    this.#liveMemory -= 1;
  }

  /** Counts every message, with or without tokens, until the returned function is called. */
  watch(): () => void {
    this.#watchers += 1;
    this.#follower.counting = true;
    this.#requests.start();
    this.#turnOn();
    let watching = true;
    return () => {
      if (!watching) return;
      watching = false;
      this.#watchers -= 1;
      this.#follower.counting = this.#watchers > 0;
      if (this.#watchers === 0) this.#requests.stop();
    };
  }

  /** Whether every message is counted now. */
  get counting(): boolean {
    return this.#watchers > 0;
  }

  /** Finds requests that http-in nodes among `nodes` have got and nobody answers, those wired to nothing too. */
  findRequests(nodes: Iterable<FlowNode>): void {
    this.#follower.adopt(this.#requests, nodes);
  }

  /** The nodes that hold messages now, or never completed some. */
  *holdings(): Generator<NodeHoldings> {
    for (const holdings of this.#follower.nodes.values()) {
      if (!holdings.empty || holdings.givenUp > 0) yield holdings;
    }
  }

  /** After a deploy: ends what nodes held that no longer run. */
  nodesStopped(isRunning: (node: FlowNode) => boolean): void {
    this.#follower.stopped(isRunning);
  }

  /** Runs every `SWEEP_MS` while hooks are installed. */
  sweep(now = Date.now()): void {
    this.#follower.sweep(now - SWEEP_MS);
    // For one sweep more than tokens live, so that a node that sends something too late is found out.
    this.#follower.searching = this.#live > 0;
    this.#follower.lookingForMemory = this.#liveMemory > 0;
    if (!this.#used) this.#turnOff();
  }

  unsettled(token: Token): void {
    token.queued = true;
    if (this.#unsettled.push(token) === 1) this.#turnEnd.add(this.#settle);
  }

  ended(token: Token): void {
    this.#live -= 1;
    if (token.spec.memory) this.#liveMemory -= 1;
    if (token.spec.descends) this.#follower.descent.ended();
  }

  get #used(): boolean {
    return this.#live > 0 || this.#watchers > 0;
  }

  readonly #settle = (): void => {
    const tokens = this.#unsettled.splice(0);
    // What ends here sends nothing in the name of the message that happened to come first in this turn.
    if (this.#follower.descent.used) this.#follower.descent.leave();
    for (const token of tokens) token.queued = false;
    for (const token of tokens) {
      try {
        token.settle();
      } catch (fault) {
        this.#keepFault(fault);
      }
    }
  };

  #turnOn(): void {
    if (this.#switch.on || !this.#switch.attached) return;
    this.#switch.turnOn();
    this.#sweeper = setInterval(() => this.sweep(), SWEEP_MS);
    this.#sweeper.unref();
  }

  #turnOff(): void {
    this.#switch.turnOff();
    if (this.#sweeper) clearInterval(this.#sweeper);
    this.#sweeper = null;
    this.#follower.clear();
  }
}

/** The one ledger of the process. */
export const ledger = new Ledger();
