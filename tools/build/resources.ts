import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What Node-RED serves to the editor as it is, below `resources/<package>/`; only from a package's root. */
const OUT = 'resources';
const FILES = ['dist/uPlot.iife.min.js', 'dist/uPlot.min.css', 'LICENSE'];

/** Copies uPlot for the memory tab's chart: loaded there when the tab is first shown, and by nothing else. */
export function copyResources(): void {
  const uplot = dirname(dirname(require.resolve('uplot')));
  mkdirSync(OUT, { recursive: true });
  for (const file of FILES) {
    const name = file === 'LICENSE' ? 'uPlot.LICENSE' : file.replace('dist/', '');
    cpSync(join(uplot, file), join(OUT, name));
  }
}
