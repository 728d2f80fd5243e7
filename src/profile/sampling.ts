import type { FlowNode, Message } from '../ledger';
import { type Attribution, add, attribute } from './attribute';
import { NodeMarks } from './marks';
import { type ProfiledNode, type ProfileReport, topFiles } from './report';
import { connect, type HeapProfile, HeapSampler, type ProfileMode } from './sampler';
import { FunctionInspector, ScriptIndex, type ScriptNodes } from './scripts';
import { Traffic } from './traffic';
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
 * know shares it.
 */
export class Sampling {
  readonly since = Date.now();
  readonly #sampler = new HeapSampler();
  readonly #marks = new NodeMarks();
  readonly #traffic = new Traffic();

  /** @throws SamplerTaken, SamplerUnavailable */
  constructor(
    readonly world: FlowWorld | null,
    readonly mode: ProfileMode,
    readonly sampleBytes: number,
  ) {
    this.#sampler.start(mode, sampleBytes);
    if (!world) return;
    for (const node of world.nodes()) this.#traffic.meet(node);
    this.#marks.turnOn(world.hooks, (node, msg) => this.#arrived(node, msg));
  }

  /** Rejects with SamplerLost. */
  async read(): Promise<Reading> {
    const profile = this.#sampler.read();
    const time = Date.now();
    const attribution = attribute(profile, this.#scripts());
    const bytes = new Map(attribution.byNode);
    for (const [{ nodes }, size] of attribution.byScript) {
      this.#traffic.share(nodes, size, (node, part) => add(bytes, node.id, part));
    }
    return { report: this.#report(attribution, bytes, time), profile, time };
  }

  stop(): void {
    this.#sampler.stop();
    this.#marks.turnOff();
  }

  #arrived(node: FlowNode, _msg: Message): void {
    this.#traffic.arrived(node);
  }

  #scripts(): (scriptId: string, url: string) => ScriptNodes | null {
    if (!this.world) return () => null;
    const session = connect();
    try {
      return new ScriptIndex(this.world.nodes(), new FunctionInspector(session)).ownerOf;
    } finally {
      session.disconnect();
    }
  }

  #report(
    { totalBytes, byFile }: Attribution<ScriptNodes>,
    bytes: ReadonlyMap<string, number>,
    time: number,
  ): ProfileReport {
    const nodes: ProfiledNode[] = [];
    for (const [id, size] of bytes) {
      const name = this.#traffic.of(id)?.name ?? { id, name: '', type: '', flow: '' };
      nodes.push({
        ...name,
        bytes: Math.round(size),
        externalBytes: 0,
        percent: percentOf(size, totalBytes),
      });
    }
    nodes.sort((a, b) => b.bytes + b.externalBytes - a.bytes - a.externalBytes);
    return {
      mode: this.mode,
      seconds: (time - this.since) / 1000,
      sampleBytes: this.sampleBytes,
      totalBytes: Math.round(totalBytes),
      nodes,
      unattributed: topFiles(byFile),
    };
  }
}

function percentOf(bytes: number, total: number): number {
  return total > 0 ? Math.round((bytes / total) * 1000) / 10 : 0;
}
