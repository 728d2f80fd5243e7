import { editor, words } from './editor/red';
import { Tab } from './editor/tab';

const TAB = 'headroom-memory';
const ACTION = 'headroom:show-memory-tab';

editor.plugins.registerPlugin('memory-sidebar', {
  onadd() {
    editor.actions.add(ACTION, () => editor.sidebar.show(TAB), { label: words._('memory-sidebar.show') });
    editor.sidebar.addTab({
      id: TAB,
      label: words._('memory-sidebar.label'),
      name: words._('memory-sidebar.name'),
      iconClass: 'fa fa-heartbeat',
      content: new Tab().element,
      enableOnEdit: true,
      action: ACTION,
    });
  },
});
