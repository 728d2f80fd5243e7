const PACKAGE = '@headroom/node-red-memory';
const SHOW_EXAMPLES = 'core:show-examples-import-dialog';
const EXAMPLES = '#red-ui-clipboard-dialog-import-tab-examples';
const LABELS = `${EXAMPLES} .red-ui-treeList-label`;
const FORM = '.red-ui-tray';
/** The buttons that end a form: a config node's, and a node's. */
const DONE = '#node-config-dialog-ok, #node-dialog-ok';
/** A form takes 250 ms to slide away, and only then comes the one below it, which was taken out meanwhile. */
const STEP_MS = 300;
/** For two forms, and for the runtime to list its examples. */
const MOST_STEPS = 40;

/** The last row of a form: a link to the example of that name. */
export function tryRow(example: string): HTMLElement {
  const row = document.createElement('div');
  row.className = 'headroom-try';
  const link = document.createElement('a');
  link.href = '#';
  link.textContent = RED._(`${PACKAGE}/memory-runtime:memory-runtime.try`, { example });
  link.addEventListener('click', (event) => {
    event.preventDefault();
    tryExample(example);
  });
  row.append(link);
  return row;
}

/** Ends the open forms as their Done does, and opens the Import dialog with the example chosen. */
function tryExample(example: string): void {
  // The example lies in the folder of the package, which has to be opened before.
  const steps = [endForms(), showExamples, () => choose(PACKAGE), () => choose(example)];
  let left = MOST_STEPS;
  const next = (): void => {
    if (steps[0]?.()) steps.shift();
    left -= 1;
    if (steps.length === 0 || left === 0) clearInterval(timer);
  };
  const timer = setInterval(next, STEP_MS);
  next();
}

/** A step that presses each form's button once, and is done when no form is left. */
function endForms(): () => boolean {
  const pressed = new Set<Element>();
  return () => {
    const button = document.querySelector<HTMLElement>(DONE);
    if (button && !pressed.has(button)) {
      pressed.add(button);
      button.click();
    }
    return document.querySelector(FORM) === null;
  };
}

function showExamples(): boolean {
  RED.actions.invoke(SHOW_EXAMPLES);
  return true;
}

function choose(text: string): boolean {
  const label = [...document.querySelectorAll<HTMLElement>(LABELS)].find(
    (candidate) => candidate.textContent?.trim() === text,
  );
  label?.click();
  label?.scrollIntoView({ block: 'nearest' });
  return label !== undefined;
}
