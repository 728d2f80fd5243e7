import { editor, words } from './red';

/**
 * Shows a node on the canvas and selects it; a config node in its sidebar, a flow by its tab. Says so where it is no
 * longer there: rows are older than the last deletion.
 */
export function reveal(id: string, say: (text: string) => void): void {
  const node = onCanvas(id);
  if (node?._def?.category === 'config') {
    editor.sidebar.config.show(node.id);
  } else if (node) {
    editor.view.reveal(node.id);
    editor.view.select({ nodes: [node] });
  } else if (editor.nodes.workspace(id) || editor.nodes.subflow(id)) {
    editor.workspaces.show(id);
  } else {
    say(words._('memory-sidebar.gone'));
  }
}

/** Nodes inside a subflow instance are called `<instance>-<node>`: the instance is what is on the canvas. */
function onCanvas(id: string): ReturnType<typeof editor.nodes.node> {
  for (let end = id.length; end > 0; end = id.lastIndexOf('-', end - 1)) {
    const node = editor.nodes.node(id.slice(0, end));
    if (node) return node;
  }
  return null;
}
