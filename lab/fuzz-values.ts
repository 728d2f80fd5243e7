import fc from 'fast-check';
import { type Config, type Field, Invalid } from '../src';

/** What breaks careless code: empty, huge, wrong, hostile. Texts hold no path that leads out of the current folder. */
const ODD: readonly unknown[] = [
  undefined,
  null,
  '',
  ' ',
  '0',
  '-1',
  '1e400',
  '64 MB',
  '10 s',
  'NaN',
  0,
  -0,
  -1,
  0.5,
  1,
  2 ** 31,
  2 ** 53,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  true,
  false,
  '__proto__',
  'constructor.prototype',
  'payload',
  'payload.value',
  'msg[0',
  '$(NOT_SET)',
  'x'.repeat(5_000),
  [],
  {},
  ['in-flight', 'nonsense'],
];

const plainText = fc
  .string({ maxLength: 20, unit: 'binary' })
  .filter((text) => !/^[~/\\]|\.\.|[/\\]/.test(text));

const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD) },
  { weight: 1, arbitrary: plainText },
  { weight: 1, arbitrary: fc.integer() },
  { weight: 1, arbitrary: fc.double() },
  {
    weight: 1,
    arbitrary: fc.anything({ key: plainText, maxDepth: 2, values: [plainText, fc.integer(), fc.boolean()] }),
  },
);

/** What only some fields take. */
const SHAPED: readonly unknown[] = [
  [
    { name: 'ts', type: 'time' },
    { name: 'value', type: 'f64' },
  ],
  [{ name: 'name', type: 'string' }],
  ['contexts'],
  ['buffers', 'in-flight'],
  'a file.bin',
  'payload.time',
  '1 min',
];

/** What a field takes: its default, the words of its own description, and those of the odd values that are right for it. */
function rightFor(field: Field<unknown>): fc.Arbitrary<unknown> {
  const words = /^(?:one of|a list of) (.*)$/.exec(field.expected)?.[1]?.split(', ') ?? [];
  const right = [field.default, ...words, ...ODD, ...SHAPED].filter(
    (value) => !(field.parse(value) instanceof Invalid),
  );
  return fc.constantFrom(...right);
}

/** Configurations, every other one right in all its fields, the others with odd values now and then. */
export function configOf(config: Config<object>): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(config.fields as Record<string, Field<unknown>>);
  const right = fc.record(Object.fromEntries(fields.map(([name, field]) => [name, rightFor(field)])));
  const odd = fc.record(
    Object.fromEntries(
      fields.map(([name, field]) => [
        name,
        fc.oneof({ weight: 4, arbitrary: rightFor(field) }, { weight: 1, arbitrary: oddValue }),
      ]),
    ),
    { requiredKeys: [] },
  );
  return fc.oneof(right, odd);
}

/** Objects that fight back: each is made anew, for some are changed on the way. */
const HOSTILE: readonly (() => unknown)[] = [
  () => {
    const loop: Record<string, unknown> = { name: 'loop' };
    loop.self = loop;
    return loop;
  },
  () => Object.freeze({ frozen: true }),
  () => Object.defineProperty({}, 'payload', { enumerable: true, get: () => fail('getter') }),
  () => new Proxy({}, { get: () => fail('proxy'), ownKeys: () => fail('proxy') }),
  () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  () => new Map([['a', new Set([1, Number.NaN])]]),
  () => Buffer.alloc(70_000, 1),
  () => new Float64Array(100),
  () => new Date(Number.NaN),
  () => Symbol('odd'),
  () => () => 1,
  () => Promise.resolve(1),
  () => 'ü'.repeat(100_000),
  () => Array.from({ length: 1_000 }, (_, i) => ({ i })),
  () => Array(50),
  () => Object.create(null),
  () => ({ toString: 1 }),
  () => 10n,
];

function fail(what: string): never {
  throw new Error(`a ${what} that throws`);
}

const COMMANDS = [
  'status',
  'open',
  'close',
  'auto',
  'reset',
  'pause',
  'resume',
  'stop',
  'start',
  'take',
  'get',
  'delete',
  'clear',
  'flush',
  'nonsense',
];

/** How to make a message: a recipe, so that a failing case can be shown and made again. */
export interface Recipe {
  payload: unknown;
  hostile: number | null;
  control: unknown;
  topic: unknown;
  extra: Record<string, unknown>;
  frozen: boolean;
}

export const recipe: fc.Arbitrary<Recipe> = fc.record({
  payload: fc.oneof(
    oddValue,
    fc.constantFrom(...COMMANDS),
    fc.record(
      { value: fc.double(), time: fc.integer(), rss: fc.nat(), name: plainText, type: plainText },
      { requiredKeys: [] },
    ),
    fc.array(fc.record({ ts: fc.nat(), value: oddValue }), { maxLength: 5 }),
  ),
  hostile: fc.option(fc.nat(HOSTILE.length - 1), { freq: 4 }),
  control: fc.option(fc.oneof(fc.constantFrom(...COMMANDS), oddValue), { freq: 3, nil: undefined }),
  topic: fc.oneof(
    fc.constantFrom('a', 'b', '__proto__', 'constructor', '', undefined, null, 7, {}),
    plainText,
  ),
  extra: fc.dictionary(
    fc.constantFrom('lease', 'parts', 'size', 'reset', 'req', 'res', 'time', 'limit', '_msgid'),
    oddValue,
    { maxKeys: 2 },
  ),
  frozen: fc.boolean(),
});

export function messageOf({
  payload,
  hostile,
  control,
  topic,
  extra,
  frozen,
}: Recipe): Record<string, unknown> {
  const msg: Record<string, unknown> = {
    ...extra,
    topic,
    payload: hostile === null ? payload : HOSTILE[hostile]?.(),
  };
  if (control !== undefined) msg.control = control;
  return frozen && hostile === 1 ? Object.freeze(msg) : msg;
}
