import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { nodeTypes } from '../../tools/build/layout';
import { exampleWords, fillPage, pageOf } from '../../tools/node-pages';
import { ROOT } from '../../tools/node-red/cell';
import { manifest } from '../support/package';

const IMAGES = join(ROOT, 'docs', 'images');
/** All pictures together: who clones the repository takes them along. */
const MOST_IMAGE_BYTES = 2_000_000;

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].map((name) => join(ROOT, name)),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(ROOT, 'docs', name)),
];

/** Where a page's Markdown links and pictures point to; what stands in code is no link. */
function linksOf(page: string): string[] {
  const text = readFileSync(page, 'utf8')
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
}

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(page: string): string[] {
  const text = readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```/gm, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function leadsNowhere(page: string, link: string): boolean {
  if (/^[a-z]+:/.test(link)) return false;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : resolve(dirname(page), path);
  if (!existsSync(target)) return true;
  return anchor !== undefined && !anchorsOf(target).includes(anchor);
}

describe('the docs', () => {
  for (const page of pages) {
    it(`${relative(ROOT, page)} has no link that leads nowhere`, () => {
      assert.deepEqual(
        linksOf(page).filter((link) => leadsNowhere(page, link)),
        [],
      );
    });
  }

  for (const type of nodeTypes(ROOT)) {
    it(`have a page of ${type} that says what its form says; mended by: npx tsx tools/node-pages.ts`, () => {
      const page = readFileSync(pageOf(type), 'utf8');
      assert.equal(page, fillPage(type, page));
      for (const part of ['what', 'properties', 'examples'])
        assert(page.includes(`<!-- made: ${part} -->`), part);
    });
  }

  it('tell of every example in the README', () => {
    const examples = readdirSync(join(ROOT, 'examples')).filter((name) => name.endsWith('.json'));
    assert.deepEqual([...exampleWords().keys()].map((name) => `${name}.json`).sort(), examples.sort());
  });

  it('have pictures small enough to be cloned with, and none of them installed', () => {
    const bytes = readdirSync(IMAGES).reduce((sum, name) => sum + statSync(join(IMAGES, name)).size, 0);
    assert(bytes < MOST_IMAGE_BYTES, `${bytes} bytes in docs/images`);
    assert(!manifest.files.some((name) => name.startsWith('docs')));
  });
});
