import { type Config, describeProblem, Invalid } from '../../../src/config';
import type { EditorNode } from './red';

export interface FormOptions {
  /** Config nodes have forms of their own prefix. */
  prefix?: 'node-input' | 'node-config-input';
}

/** The one form that is open over a node of ours; Node-RED validates other nodes meanwhile. */
let open: { node: EditorNode; values(): Record<string, unknown> } | null = null;

/** What the open form of this node shows at the moment, for checks over several fields. */
export function openValues(node: EditorNode): Record<string, unknown> {
  return open?.node === node ? open.values() : {};
}

/**
 * Brings a form to life, by what its HTML says:
 * `id="node-input-<field>"` on an input, a select, or a box of checkboxes (`data-choices`);
 * `data-show-when="target=pid,name"` on a row that matters only then;
 * and below each field the reason when it is wrong. Returns what `oneditsave` calls to store plain values.
 */
export function openForm<C extends object>(
  node: EditorNode,
  config: Config<C>,
  { prefix = 'node-input' }: FormOptions = {},
): { save(): void; close(): void } {
  const names = Object.keys(config.fields) as (keyof C & string)[];
  const elements = new Map<keyof C & string, HTMLElement>();
  for (const name of names) {
    const element = document.getElementById(`${prefix}-${name}`);
    if (element) elements.set(name, element);
  }

  function values(): Record<string, unknown> {
    return Object.fromEntries([...elements].map(([name, element]) => [name, readElement(element)]));
  }

  function refresh(): void {
    const current = { ...node, ...values() };
    const { problems } = config.parse(current);
    for (const row of rows(elements)) row.hidden = !shown(row, current);
    for (const [name, element] of elements) {
      const problem = problems.find(({ field }) => field === name);
      showReason(element, problem ? describeProblem(problem) : '');
    }
  }

  for (const [name, element] of elements) {
    const field = config.fields[name];
    const parsed = field.parse(node[name]);
    fillElement(element, parsed instanceof Invalid ? node[name] : field.format(parsed), parsed);
    for (const event of ['input', 'change']) element.addEventListener(event, refresh);
    // Node-RED's own widgets tell of changes through jQuery only.
    ($(element) as unknown as { on(event: string, listener: () => void): void }).on('change', refresh);
  }
  open = { node, values };
  refresh();

  return {
    save() {
      for (const [name, element] of elements) {
        const raw = readElement(element);
        const parsed = config.fields[name].parse(raw);
        node[name] = parsed instanceof Invalid ? raw : parsed;
        element.removeAttribute('id'); // or Node-RED would store the text over the plain value
      }
      open = null;
    },
    close() {
      open = null;
    },
  };
}

function readElement(element: HTMLElement): unknown {
  if (element.dataset.choices !== undefined) {
    return [...element.querySelectorAll<HTMLInputElement>('input:checked')].map((box) => box.value);
  }
  if (element instanceof HTMLInputElement && element.type === 'checkbox') return element.checked;
  return (element as HTMLInputElement | HTMLSelectElement).value;
}

function fillElement(element: HTMLElement, text: unknown, value: unknown): void {
  if (element.dataset.choices !== undefined) {
    const chosen = Array.isArray(value) ? value : [];
    for (const box of element.querySelectorAll<HTMLInputElement>('input'))
      box.checked = chosen.includes(box.value);
  } else if (element instanceof HTMLInputElement && element.type === 'checkbox') {
    element.checked = value === true;
  } else {
    (element as HTMLInputElement).value = String(text ?? '');
  }
}

function rows(elements: ReadonlyMap<string, HTMLElement>): HTMLElement[] {
  const [first] = elements.values();
  return [...(first?.closest('form')?.querySelectorAll<HTMLElement>('[data-show-when]') ?? [])];
}

function shown(row: HTMLElement, values: Record<string, unknown>): boolean {
  const [field = '', wanted = ''] = (row.dataset.showWhen ?? '').split('=');
  return wanted.split(',').includes(String(values[field]));
}

/** The reason stands below the field, and is read out to those who cannot see it. */
function showReason(element: HTMLElement, text: string): void {
  const row = element.closest('.form-row');
  if (!row) return;
  let reason = row.querySelector<HTMLElement>(`[data-reason="${element.id}"]`);
  if (!reason) {
    if (text === '') return;
    reason = document.createElement('div');
    reason.dataset.reason = element.id;
    reason.setAttribute('role', 'alert');
    reason.style.cssText =
      'margin-left: 104px; max-width: 70%; color: var(--red-ui-text-color-error, #b72828)';
    row.append(reason);
  }
  reason.textContent = text;
  reason.hidden = text === '';
}
