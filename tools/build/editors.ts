import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { NodeFolder } from './layout';

/**
 * Editor scripts share code (`nodes/shared/editor`, and through it `src/config`) that is shipped once, by the
 * plugin of this name. Everybody else's import of it is answered at run time.
 */
const SHARED_BY = 'memory-runtime';
const SHARED = 'headroomEditor';

const sharedOnce: Plugin = {
  name: 'shared-once',
  setup(build) {
    build.onResolve({ filter: /shared\/editor$|(^|\/)src\/config$/ }, () => ({
      path: SHARED,
      namespace: SHARED,
    }));
    build.onLoad({ filter: /.*/, namespace: SHARED }, () => ({ contents: `module.exports = ${SHARED}` }));
  },
};

/**
 * Bundles the editor script of a node and puts it before its form: `dist/<type>.html`.
 * After an installation at run time the editor may load a node before the plugin that brings the shared code,
 * so each script waits in a queue that the plugin empties.
 */
export async function buildEditor({ type, editor, form }: NodeFolder, outDir: string): Promise<void> {
  const isShared = type === SHARED_BY;
  const result = await build({
    entryPoints: [editor],
    bundle: true,
    write: false,
    format: isShared ? 'iife' : 'cjs',
    target: 'es2022',
    minify: true,
    charset: 'utf8',
    plugins: isShared ? [] : [sharedOnce],
  });
  const code = result.outputFiles[0]?.text.trim() ?? '';
  const queued = `(globalThis.${SHARED}Queue ??= []).push(function (${SHARED}) { const module = {};\n${code}\n});`;
  const script = `<script type="text/javascript">\n${isShared ? code : queued}\n</script>\n`;
  const html = existsSync(form) ? readFileSync(form, 'utf8') : '';
  writeFileSync(join(outDir, `${type}.html`), script + html);
}
