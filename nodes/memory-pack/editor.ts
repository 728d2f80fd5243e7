import { type List, makeList, RECORD_TYPES, registerNode } from '../shared/editor';
import { config } from './config';

function word(key: string): string {
  return RED._(`@headroom/node-red-memory/memory-pack:memory-pack.${key}`);
}

/** To pack with before anybody chose fields. To unpack, none: a packet of any fields is taken. */
const FIRST_FIELDS = [{ name: 'value', type: 'f64', optional: false, length: 0 }] as const;

/** Who changes the direction gets the fields that it begins with; fields that somebody chose stay. */
function followDirection(direction: HTMLSelectElement, list: List): void {
  direction.addEventListener('input', () => {
    const [before, now] = direction.value === 'unpack' ? [FIRST_FIELDS, []] : [[], FIRST_FIELDS];
    const rows = config.fields.schema.parse(list.rows());
    if (JSON.stringify(rows) === JSON.stringify(before)) list.fill(now);
  });
}

registerNode('memory-pack', config, {
  fresh: { schema: FIRST_FIELDS },
  extra: { pool: { value: '', type: 'memory-pool', required: false } },
  label() {
    return this.name || (this.direction === 'unpack' ? 'unpack' : 'pack');
  },
  prepare() {
    const schema = document.getElementById('node-input-schema');
    const direction = document.getElementById('node-input-direction');
    if (schema) {
      const list = makeList(
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
      if (direction instanceof HTMLSelectElement) followDirection(direction, list);
    }
    $('#node-input-property').typedInput({ types: ['msg'] });
  },
});
