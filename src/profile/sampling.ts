import { type FlowNode, ledger, runningNodes } from '../ledger';
import { type Attribution, add, attribute, largePieces, type ScriptOwner } from './attribute';
import { Churn } from './churn';
import { growthSince } from './growth';
import { heldSince } from './held';
import { levelled } from './level';
import { NodeMarks } from './marks';
import type { Bytes } from './parts';
import { type Figures, type ProfileReport, reportOf } from './report';
import { type HeapProfile, HeapSampler, type ProfileMode } from './sampler';
import { indexOf, type ScriptNodes } from './scripts';
import { SeenBuffers } from './seen';
import { settle } from './settle';
import { survey } from './survey';
import { Traffic } from './traffic';
import { Wiring } from './upstream';
import type { FlowWorld } from './world';

/** A report, with the profile of V8 it was made of. */
export interface Reading {
  report: ProfileReport;
  profile: HeapProfile;
  /** ms since the epoch */
  time: number;
}

/**
 * The sampling of this process's heap with the flow nodes marked in every stack. One at a time: whoever wants to
 * know shares it. In `live` mode a survey at the start and one at each reading tell where memory grows, so that who
 * keeps it is named, and not who made it.
 */
export class Sampling {
  readonly since = Date.now();
  readonly #sampler = new HeapSampler();
  readonly #marks = new NodeMarks();
  readonly #traffic = new Traffic();
  readonly #externalAtStart = process.memoryUsage().arrayBuffers;
  readonly #churn: Churn | null;
  readonly #seen: SeenBuffers | null;
  readonly #stopped = new AbortController();
  readonly #unwatch: (() => void) | null = null;
  readonly #before: Promise<Map<string, Bytes>> | null = null;

  /** @throws SamplerTaken, SamplerUnavailable */
  constructor(
    readonly world: FlowWorld | null,
    readonly mode: ProfileMode,
    readonly sampleBytes: number,
  ) {
    this.#sampler.start(mode, sampleBytes);
    this.#churn = mode === 'allocated' ? new Churn() : null;
    this.#seen = mode === 'live' ? new SeenBuffers() : null;
    if (!world) return;
    for (const node of runningNodes(world.flows)) this.#traffic.meet(node);
    const churn = this.#churn;
    this.#marks.turnOn(
      world.hooks,
      (node, msg, from) => {
        this.#traffic.arrived(node);
        this.#seen?.arrived(msg, node.id, from);
      },
      churn && ((node, work) => churn.measure(node, work)),
    );
    if (mode === 'allocated') return;
    this.#unwatch = ledger.watch();
    this.#before = figures(world, this.#stopped.signal);
    // Awaited by the first reading, which rejects with what went wrong.
    this.#before.catch(() => {});
  }

  /** Rejects with SamplerLost. */
  async read(): Promise<Reading> {
    const profile = this.#sampler.read();
    const time = Date.now();
    const { world } = this;
    const index = world ? indexOf(world) : null;
    const ownerOf = (id: string, url: string): ScriptNodes | null => index?.ownerOf(id, url) ?? null;
    const bytesOf = this.mode === 'live' ? levelled(profile, this.#sampler.grownBytes) : undefined;
    const attribution = attribute(profile, ownerOf, bytesOf);
    const made = this.#byNode(attribution);
    // At once, while nothing is left of what nobody keeps.
    const seen = this.#seenBy(world);
    if (world) ledger.findRequests(runningNodes(world.flows));
    const held = world ? heldSince(ledger, this.since) : new Map<string, Bytes>();
    const grown = await this.#grown(made);
    const { isUpstream } = new Wiring(world ? runningNodes(world.flows) : []);
    const settled = settle({ made, madeByFiles: attribution.byFile, held, grown, isUpstream });
    const report = reportOf({
      mode: this.mode,
      seconds: (time - this.since) / 1000,
      sampleBytes: this.sampleBytes,
      heap: settled.heap,
      external: this.#churn
        ? { byNode: this.#churn.bytes, rest: 0 }
        : externalOf(held, grown, seen, process.memoryUsage().arrayBuffers - this.#externalAtStart),
      files: settled.files,
      nameOf: (id) => this.#traffic.of(id)?.name,
      ...(this.#churn && { moreOf: this.#sortOf(this.#churn, profile, ownerOf) }),
    });
    return { report, profile, time };
  }

  /** Bytes by node, those of callbacks shared among the nodes of their script. */
  #byNode({ byNode, byScript }: Attribution<ScriptNodes>): Map<string, number> {
    const made = new Map(byNode);
    for (const [{ nodes }, bytes] of byScript) {
      this.#traffic.share(nodes, bytes, (node, part) => add(made, node.id, part));
    }
    return made;
  }

  #seenBy(world: FlowWorld | null): ReadonlyMap<string, number> {
    if (!world || !this.#seen) return new Map();
    const there = new Set(runningNodes(world.flows).map(({ id }) => id));
    return this.#seen.live((id) => there.has(id));
  }

  /** Says of each node whether it takes few large pieces or many small ones, and whether a pool would help. */
  #sortOf(
    churn: Churn,
    profile: HeapProfile,
    ownerOf: ScriptOwner<ScriptNodes>,
  ): NonNullable<Figures['moreOf']> {
    const large = this.#byNode(attribute(profile, ownerOf, largePieces(profile, this.sampleBytes)));
    return (id, bytes) => ({
      pieces: 2 * (large.get(id) ?? 0) > bytes ? 'few' : 'many',
      poolCandidate: churn.isPoolCandidate(id),
    });
  }

  /** What was there before is known: from here on growth is told. */
  async ready(): Promise<void> {
    await this.#before;
  }

  stop(): void {
    this.#stopped.abort();
    this.#sampler.stop();
    this.#marks.turnOff();
    this.#unwatch?.();
  }

  /** What has grown on nodes since the start. Finished though the sampling is stopped meanwhile: somebody waits for it. */
  async #grown(made: ReadonlyMap<string, number>): Promise<Map<string, Bytes>> {
    const { world } = this;
    if (!world || !this.#before) return new Map();
    const weightOf = (node: FlowNode): number =>
      (this.#traffic.of(node.id)?.messages ?? 0) + (made.get(node.id) ?? 0);
    return growthSince(await this.#before, world, indexOf(world), this.#traffic, weightOf);
  }
}

async function figures(world: FlowWorld, signal: AbortSignal): Promise<Map<string, Bytes>> {
  const places = await survey(world, indexOf(world), signal);
  // Numbers only: nodes that a deploy replaces must not be kept by who looks for leaks.
  return new Map([...places].map(([name, { heap, external }]) => [name, { heap, external }]));
}

/**
 * Bytes of Buffers by node, never more than there are more of in the process. What was found on nodes is theirs; of
 * what was not, those that came in messages are taken to be with the nodes that `seen` names.
 */
function externalOf(
  held: ReadonlyMap<string, Bytes>,
  grown: ReadonlyMap<string, Bytes>,
  seen: ReadonlyMap<string, number>,
  inAll: number,
): { byNode: Map<string, number>; rest: number } {
  const there = Math.max(0, inAll);
  const byNode = new Map<string, number>();
  // A queue holds messages, and they hang on it: the same bytes seen twice.
  for (const [id, { external }] of [...held, ...grown])
    byNode.set(id, Math.max(external, byNode.get(id) ?? 0));
  const found = sumOf(byNode);
  if (found > there) for (const [id, bytes] of byNode) byNode.set(id, (bytes * there) / found);
  const rest = Math.max(0, there - found);
  const inMessages = sumOf(seen);
  // What was found may be what was seen, and with another node.
  const given = Math.min(rest, Math.max(0, inMessages - found));
  if (given > 0) for (const [id, bytes] of seen) add(byNode, id, (bytes * given) / inMessages);
  return { byNode, rest: rest - given };
}

function sumOf(sums: ReadonlyMap<string, number>): number {
  return [...sums.values()].reduce((sum, bytes) => sum + bytes, 0);
}
