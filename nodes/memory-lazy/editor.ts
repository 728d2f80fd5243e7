import { registerNode } from '../shared/editor';
import { config, type LazyConfig } from './config';

const DYNAMIC = ['msg', 'flow', 'global', 'jsonata'] as const;
const PATH = ['str', ...DYNAMIC, 'env'] as const;

/** What each source can come from. */
const TYPES: Record<LazyConfig['source'], readonly string[]> = {
  array: [...DYNAMIC, 'json'],
  iterable: DYNAMIC,
  range: ['num', ...DYNAMIC, 'env', 'json'],
  lines: PATH,
  csv: PATH,
  'json-lines': PATH,
  chunks: PATH,
};

registerNode('memory-lazy', config, {
  outputs: 2,
  outputLabels: ['items', 'end'],
  extra: { pool: { value: '', type: 'memory-pool', required: false } },
  prepare() {
    const typesOf = (source: unknown): readonly string[] => TYPES[source as LazyConfig['source']] ?? DYNAMIC;
    $('#node-input-from').typedInput({
      types: typesOf(this.source),
      typeField: '#node-input-fromType',
      default: 'msg',
    });
    const source = document.getElementById('node-input-source') as HTMLSelectElement | null;
    source?.addEventListener('change', () =>
      $('#node-input-from').typedInput('types', typesOf(source.value)),
    );
  },
});
