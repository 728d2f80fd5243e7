import { makeList, RECORD_TYPES, registerNode } from '../shared/editor';
import { config } from './config';

function word(key: string): string {
  return RED._(`@headroom/node-red-memory/memory-pack:memory-pack.${key}`);
}

registerNode('memory-pack', config, {
  extra: { pool: { value: '', type: 'memory-pool', required: false } },
  label() {
    return this.name || (this.direction === 'unpack' ? 'unpack' : 'pack');
  },
  prepare() {
    const schema = document.getElementById('node-input-schema');
    if (schema) {
      makeList(
        schema,
        [
          { key: 'name', kind: 'text', label: word('field.name') },
          {
            key: 'type',
            kind: RECORD_TYPES.map((type) => ({ value: type, label: word(`type.${type}`) })),
            label: word('field.type'),
          },
          {
            key: 'length',
            kind: 'number',
            label: word('field.length'),
            when: ({ type }) => type === 'fixed',
          },
          { key: 'optional', kind: 'flag', label: word('field.optional') },
        ],
        { type: 'f64' },
        word('field.add'),
      );
    }
    $('#node-input-property').typedInput({ types: ['msg'] });
  },
});
