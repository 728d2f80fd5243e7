import { nodeOfScript } from './frames';
import type { HeapProfile, ProfileNode } from './sampler';

/** Whose bytes a profile shows. */
export interface Attribution<S> {
  /** By the id of the flow node in the stack. */
  byNode: Map<string, number>;
  /** By the owner of a script in the stack, where no node is named there: callbacks of native nodes. */
  byScript: Map<S, number>;
  /** The rest, by the script that allocated it; what V8 itself made is `(V8)`. */
  byFile: Map<string, number>;
}

/** Who stands behind a script that is no node's own: an owner of many scripts is one and the same object. */
export type ScriptOwner<S> = (scriptId: string, url: string) => S | null;

/** Below these frames nothing is a flow's: V8's own roots, and scripts without a name. */
const NO_FILE = '(V8)';

interface Step<S> {
  node: ProfileNode;
  id: string | null;
  script: S | null;
  file: string;
}

/**
 * Gives each byte of a heap profile to the deepest flow node in its stack; where none is, to the owner of the
 * deepest script that has one; else to the deepest file.
 */
export function attribute<S>(
  profile: HeapProfile,
  ownerOf: ScriptOwner<S>,
  bytesOf = ({ selfSize }: ProfileNode): number => selfSize,
): Attribution<S> {
  const result: Attribution<S> = {
    byNode: new Map(),
    byScript: new Map(),
    byFile: new Map(),
  };
  const steps: Step<S>[] = [{ node: profile.head, id: null, script: null, file: NO_FILE }];
  for (let step = steps.pop(); step; step = steps.pop()) {
    const { node } = step;
    const { url, scriptId } = node.callFrame;
    const id = nodeOfScript(url) ?? step.id;
    const script = ownerOf(scriptId, url) ?? step.script;
    const file = url === '' ? step.file : url;
    const bytes = bytesOf(node);
    if (bytes > 0) {
      if (id !== null) add(result.byNode, id, bytes);
      else if (script !== null) add(result.byScript, script, bytes);
      else add(result.byFile, file, bytes);
    }
    for (const child of node.children) steps.push({ node: child, id, script, file });
  }
  return result;
}

export function add<K>(sums: Map<K, number>, key: K, bytes: number): void {
  sums.set(key, (sums.get(key) ?? 0) + bytes);
}

/** Bytes of single pieces larger than the distance of samples, for `attribute`: the rest are many small ones. */
export function largePieces({ samples }: HeapProfile, sampleBytes: number): (node: ProfileNode) => number {
  const large = new Map<number, number>();
  for (const { nodeId, size } of samples) if (size > 2 * sampleBytes) add(large, nodeId, size);
  return ({ id }) => large.get(id) ?? 0;
}
