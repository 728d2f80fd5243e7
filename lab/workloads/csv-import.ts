import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, fn, sink, TAB, type Workload } from './workload';

const ROWS = 120_000;
const file = (folder: string): string => join(folder, 'readings.csv');
const START = `node.status({ text: JSON.stringify({ sent: ${ROWS}, finished: true }) }); return msg;`;

/** A file of 11 MB read at once and made into a message for each record, against one record after the other. */
export const csvImport: Workload = {
  name: 'import of a CSV file, 11 MB, 120,000 records',
  ours: 'memory-lazy in place of file in and csv',
  heapMb: 128,
  containerMb: 320,
  prepare(folder) {
    const lines = Array.from(
      { length: ROWS },
      (_, i) =>
        `sensor${i % 500},${1_700_000_000_000 + i * 1000},${(15 + (i % 97) / 7).toFixed(3)},"room ${i % 40}, north wing",ok,${i}`,
    );
    writeFileSync(file(folder), `sensor,time,celsius,place,state,number\n${lines.join('\n')}\n`);
  },
  flows: ({ ours, folder }) => [
    TAB,
    {
      ...{ ...at, id: 'go', type: 'inject', once: true, onceDelay: 1, repeat: '' },
      ...{ props: [{ p: 'filename', v: file(folder), vt: 'str' }], wires: [['start']] },
    },
    fn('start', START, [[ours ? 'lazy' : 'read']]),
    ...(ours
      ? [
          {
            ...{ ...at, id: 'lazy', type: 'memory-lazy', source: 'csv', from: 'filename', fromType: 'msg' },
            ...{ window: 16, batch: 1, header: true, numbers: true, wires: [['check'], []] },
          },
        ]
      : [
          {
            ...{
              ...at,
              id: 'read',
              type: 'file in',
              filename: 'filename',
              filenameType: 'msg',
              format: 'utf8',
            },
            ...{ chunk: false, sendError: false, encoding: 'none', allProps: false, wires: [['csv']] },
          },
          {
            ...{
              ...at,
              id: 'csv',
              type: 'csv',
              spec: 'rfc',
              sep: ',',
              hdrin: true,
              hdrout: 'none',
              multi: 'one',
            },
            ...{
              ret: '\\n',
              temp: '',
              skip: '0',
              strings: true,
              include_empty_strings: '',
              include_null_values: '',
            },
            wires: [['check']],
          },
        ]),
    fn('check', 'msg.payload.fahrenheit = msg.payload.celsius * 1.8 + 32; return msg;', [['sink']]),
    sink('sink'),
  ],
};
