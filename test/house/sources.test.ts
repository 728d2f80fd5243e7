import assert from 'node:assert/strict';
import ts from 'typescript';
import { filesBelow, type SourceFile, walk } from '../support/source';

/** A file that outgrows this does more than one thing. */
const LONGEST: [RegExp, number][] = [
  [/^src\//, 300],
  [/^nodes\/[^/]+\/(editor\/|(editor|config)\.ts$)/, 200],
  [/^nodes\//, 120],
];

function tooLong({ path, text }: SourceFile): boolean {
  const [, longest] = LONGEST.find(([place]) => place.test(path)) ?? [];
  return longest !== undefined && text.replace(/\n$/, '').split('\n').length > longest;
}

const SUITES = new Set(['describe', 'context', 'it', 'specify', 'suite', 'test']);
const MARKED = new Set(['xdescribe', 'xcontext', 'xit', 'xspecify', 'fdescribe', 'fit']);

/** Tests left out or singled out for good. `this.skip()` is no such thing: it says at run time what is missing. */
function marked(file: SourceFile): string[] {
  const found: string[] = [];
  walk(file, (node) => {
    if (
      ts.isPropertyAccessExpression(node) &&
      ts.isIdentifier(node.expression) &&
      SUITES.has(node.expression.text) &&
      ['only', 'skip'].includes(node.name.text)
    ) {
      found.push(`${file.path}: ${node.getText()}`);
    } else if (
      ts.isCallExpression(node) &&
      ts.isIdentifier(node.expression) &&
      MARKED.has(node.expression.text)
    ) {
      found.push(`${file.path}: ${node.expression.text}`);
    }
  });
  return found;
}

describe('the sources', () => {
  it('are no longer than one thing needs: engine 300 lines, forms and configs 200, node runtimes 120', () => {
    const files = [...filesBelow('src'), ...filesBelow('nodes')];
    assert.deepEqual(
      files.filter(tooLong).map(({ path }) => path),
      [],
    );
  });

  it('are measured by where they stand', () => {
    const lines = (count: number): string => 'line\n'.repeat(count);
    for (const [path, longest] of [
      ['src/gc/observe.ts', 300],
      ['nodes/memory-x/memory-x.ts', 120],
      ['nodes/memory-x/target.ts', 120],
      ['nodes/shared/status.ts', 120],
      ['nodes/memory-x/editor.ts', 200],
      ['nodes/shared/editor/form.ts', 200],
    ] as const) {
      assert.equal(tooLong({ path, text: lines(longest) }), false, path);
      assert.equal(tooLong({ path, text: lines(longest + 1) }), true, path);
    }
  });

  it('of the tests single out no test and leave out none', () => {
    assert.deepEqual(filesBelow('test').flatMap(marked), []);
  });

  it('of a test that is singled out or left out are found', () => {
    const path = 'test/x.test.ts';
    const found = ["it.only('x', f)", "describe.skip('x', f)", "xit('x', f)", "it.skip.each('x')"];
    for (const text of found) assert.equal(marked({ path, text }).length, 1, text);
    for (const text of ['this.skip()', "it('.only', f)", 'stream.skip(1)']) {
      assert.deepEqual(marked({ path, text }), [], text);
    }
  });
});
