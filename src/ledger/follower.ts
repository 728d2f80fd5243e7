import { CarriedSearch } from './carried';
import { DescentTracker } from './descent';
import { FewByObject } from './few';
import { type FlowNode, hasNoHandler } from './flow-node';
import { Delivery, NodeHoldings } from './holdings';
import type { CompleteEvent, DeliverEvent, Listeners, Message, ReceiveEvent } from './hooks';
import { holdRequest, isHttpIn, type OpenRequests, responseOf } from './requests';
import type { Token } from './token';
import type { TurnEnd } from './turn-end';

const NONE: readonly Token[] = [];

/** A message on its way to a node, with the tokens it carries. */
interface Flight {
  to: FlowNode;
  tokens: readonly Token[];
  since: number;
  /** The very same object on its way to another node, or a second time to this one. */
  next: Flight | null;
}

/**
 * Follows messages from node to node by Node-RED's hooks, and gives every delivery a reference to the tokens it
 * carries:
 *
 *     preDeliver   a message that carries tokens is on its way   +1
 *     onReceive    the way's reference becomes the node's        (+1 when it was received without a way: catch, link)
 *     onComplete   the node is done with that very object        −1
 *     postReceive  so is an old-style handler, at the turn's end −1
 */
export class Follower implements Listeners {
  /** Whether messages are searched for tokens; without, they are only counted. */
  searching = false;
  /** Whether their contents are looked through: looking costs more than all the rest, and only memory is found by it. */
  lookingForMemory = false;
  /** Whether messages without tokens are followed too. */
  counting = false;
  readonly descent = new DescentTracker();
  readonly #search: CarriedSearch;
  readonly #nodes = new Map<FlowNode, NodeHoldings>();
  readonly #flights = new FewByObject<Flight>();
  /** Deliveries whose handlers are running, innermost last. */
  readonly #running: Delivery[] = [];

  constructor(
    tokensByMemory: WeakMap<ArrayBufferLike, Token>,
    readonly turnEnd: TurnEnd,
  ) {
    this.#search = new CarriedSearch((memory) => tokensByMemory.get(memory));
  }

  get nodes(): ReadonlyMap<FlowNode, NodeHoldings> {
    return this.#nodes;
  }

  preDeliver({ msg, source, destination }: DeliverEvent): void {
    const sender = source.node;
    if (this.counting && isHttpIn(sender)) holdRequest(this.#holdingsOf(sender), responseOf(msg));
    if (!this.searching) return;
    const tokens = this.#sent(msg, sender);
    const holdings = this.#nodes.get(sender);
    const gathered = this.descent.used && holdings?.gathers;
    if (!tokens && !gathered) return;
    if (tokens) for (const token of tokens) token.retain();
    const next = this.#flights.get(msg) ?? null;
    this.#flights.set(msg, { to: destination.node, tokens: tokens ?? NONE, since: Date.now(), next });
    if (gathered) this.#sentFromGathered(holdings, msg);
    if (holdings?.oldStyle && tokens) holdings.forward(tokens);
  }

  onReceive({ msg, destination: { node } }: ReceiveEvent): void {
    const { descent } = this;
    if (descent.used && !descent.inContext && this.#nodes.get(node)?.handFull) descent.doubt();
    const delivery = this.#arrival(msg, node);
    if (descent.used) descent.enter(node, msg);
    if (!delivery) return;
    if (delivery.tokens && descent.used && !descent.inContext) delivery.holder.takeInHand(delivery);
    delivery.unheard = hasNoHandler(node);
    this.#running.push(delivery);
  }

  postReceive({ msg, destination: { node } }: ReceiveEvent): void {
    const delivery = this.#returned(msg, node);
    if (this.descent.inContext) {
      const outer = this.#running.at(-1);
      if (outer) this.descent.enter(outer.holder.node, outer.thing as Message);
      else this.descent.leave();
    }
    if (!delivery) return;
    const { holder } = delivery;
    if (delivery.unheard || (holder.oldStyle && !delivery.tokens)) this.#complete(holder, msg, undefined);
    // An old-style handler may still send, in a promise that is ready.
    else if (holder.oldStyle) this.turnEnd.add(() => this.#close(delivery));
  }

  onComplete({ msg, error, node: { node } }: CompleteEvent): void {
    const holder = this.#nodes.get(node);
    if (holder) this.#complete(holder, msg, error);
  }

  /** Takes note of requests that were not seen as messages. */
  adopt(requests: OpenRequests, nodes: Iterable<FlowNode>): void {
    for (const { node, response, since } of requests.of(nodes))
      holdRequest(this.#holdingsOf(node), response, since);
  }

  /** Ends what stopped nodes held. */
  stopped(isRunning: (node: FlowNode) => boolean): void {
    for (const [node, holdings] of this.#nodes) {
      if (isRunning(node)) continue;
      holdings.stop();
      this.#nodes.delete(node);
    }
  }

  /** Holds weakly what arrived before `before`, and gives up what never arrived or is gone. */
  sweep(before: number): void {
    for (const [msg, first] of this.#flights) {
      // Another plugin's hook has dropped it, or keeps it: it is no longer waited for, nor its memory reused.
      if (first.since > before) continue;
      this.#flights.delete(msg);
      for (let flight: Flight | null = first; flight; flight = flight.next) {
        for (const token of flight.tokens) {
          token.taint('given-up');
          token.release();
        }
      }
    }
    for (const [node, holdings] of this.#nodes) {
      holdings.sweep(before);
      if (holdings.forgettable) this.#nodes.delete(node);
    }
    // Runs from a timer, inside no handler: what is left here was cut short by another plugin's hook.
    this.#running.length = 0;
  }

  /** Forgets every message; what was learned about nodes stays. */
  clear(): void {
    this.#flights.clear();
    this.#running.length = 0;
    for (const [node, holdings] of this.#nodes) {
      holdings.clear();
      if (holdings.forgettable) this.#nodes.delete(node);
    }
  }

  #holdingsOf(node: FlowNode): NodeHoldings {
    let holdings = this.#nodes.get(node);
    if (!holdings) {
      holdings = new NodeHoldings(node);
      this.#nodes.set(node, holdings);
    }
    return holdings;
  }

  #sent(msg: Message, sender: FlowNode): readonly Token[] | null {
    const tokens = this.lookingForMemory ? this.#shown(msg, sender) : null;
    if (!this.descent.used) return tokens;
    return join(tokens, this.descent.inheritedBy(msg, sender, this.#inHand));
  }

  /** What its sender has in hand, for a message that does not tell where it comes from. */
  readonly #inHand = (msg: Message, sender: FlowNode): readonly Token[] | null => {
    const found = this.#nodes
      .get(sender)
      ?.inHand?.tokensOf(msg, this.#running.at(-1)?.holder.node === sender);
    if (!found) return null;
    // The node may send by itself, too.
    if (!found.certain) this.descent.doubt();
    return found.tokens;
  };

  #shown(msg: Message, sender: FlowNode): Token[] | null {
    const search = this.#search;
    const tokens = search.find(msg);
    // What the search could not look into may be anything the sender holds.
    if (search.cut) this.#nodes.get(sender)?.taint();
    if (search.late?.usedLate(sender)) this.#holdingsOf(sender).learnUseAfterDone();
    return tokens;
  }

  /** A message has come to a node: from its way, or handed over directly. Null when nobody asks for it. */
  #arrival(msg: Message, node: FlowNode): Delivery | null {
    // node.receive('text') is a fault of a node, but not one to fall over.
    if (typeof msg !== 'object') return null;
    const tokens = this.searching ? this.#received(msg, node) : null;
    if (!tokens && !this.counting) return null;
    const holder = this.#holdingsOf(node);
    const delivery = new Delivery(holder, msg, Date.now(), tokens);
    holder.put(delivery);
    return delivery;
  }

  /** The tokens of a message that has come to a node, with a reference each. */
  #received(msg: Message, node: FlowNode): readonly Token[] | null {
    // Searched again, for the sender may have changed the very object after sending it.
    const shown = this.lookingForMemory ? this.#search.find(msg) : null;
    const tokens = this.descent.used ? join(shown, this.descent.carriedBy(msg)) : shown;
    const flown = this.#landed(msg, node);
    if (!tokens || tokens === flown) return flown && flown.length > 0 ? flown : null;
    for (const token of tokens) if (!flown?.includes(token)) token.retain();
    const more = flown?.filter((token) => !tokens.includes(token)) ?? [];
    return more.length === 0 ? tokens : [...tokens, ...more];
  }

  /** The tokens of the way that ends here; null when the message came without one. */
  #landed(msg: Message, node: FlowNode): readonly Token[] | null {
    const first = this.#flights.get(msg);
    if (!first) return null;
    let before: Flight | null = null;
    let flight: Flight | null = first;
    while (flight && flight.to !== node) {
      before = flight;
      flight = flight.next;
    }
    if (!flight) return null;
    if (before) before.next = flight.next;
    else if (flight.next) this.#flights.set(msg, flight.next);
    else this.#flights.delete(msg);
    return flight.tokens;
  }

  /** The delivery whose handlers have returned; inner ones that another plugin's hook cut short go with it. */
  #returned(msg: Message, node: FlowNode): Delivery | null {
    for (let at = this.#running.length - 1; at >= 0; at -= 1) {
      const delivery = this.#running[at];
      if (delivery?.thing !== msg || delivery.holder.node !== node) continue;
      this.#running.length = at;
      return delivery;
    }
    return null;
  }

  #complete(holder: NodeHoldings, msg: Message, error: unknown): void {
    const delivery = holder.take(msg);
    if (!delivery) return;
    for (const token of delivery.tokens ?? NONE) {
      if (error) token.fail(error);
      if (holder.usesAfterDone) token.taint();
      if (token.spec.descends && !token.spec.onGathered) this.#passOn(token, holder.sent);
    }
    holder.release(delivery);
    const running = this.#running.at(-1);
    if (running && running.holder === holder && running.thing !== msg) holder.completedAnotherFor(running);
  }

  /** A gathering node completes what it has gathered right after it has sent what it made of it. */
  #sentFromGathered(holder: NodeHoldings, msg: Message): void {
    if (holder.sent.push(msg) > 1) return;
    this.turnEnd.add(() => {
      holder.sent.length = 0;
    });
  }

  /** Messages that are still on their way carry one more token. Not credits: a set of 100,000 items has as many. */
  #passOn(token: Token, messages: readonly Message[]): void {
    for (const msg of messages) {
      this.descent.put(token, msg);
      for (let flight = this.#flights.get(msg) ?? null; flight; flight = flight.next) {
        if (flight.tokens.includes(token)) continue;
        flight.tokens = [...flight.tokens, token];
        token.retain();
      }
    }
  }

  #close(delivery: Delivery): void {
    const { holder } = delivery;
    // It may have kept what it did not send on at once.
    if (!delivery.forwarded) for (const token of delivery.tokens ?? []) token.taint();
    this.#complete(holder, delivery.thing as Message, undefined);
  }
}

/** Adds to the first what is only in the second. */
function join(tokens: Token[] | null, more: readonly Token[] | null): readonly Token[] | null {
  if (!more || more.length === 0) return tokens;
  if (!tokens) return more;
  for (const token of more) if (!tokens.includes(token)) tokens.push(token);
  return tokens;
}
