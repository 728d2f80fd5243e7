import { type Config, describeProblem } from '../../../src/config';
import { openValues } from './form';
import type { EditorNode, PropertyDefault } from './red';

/**
 * Node-RED's `defaults` of a node type, made of its config: the form checks with the runtime's own code. `fresh` is what
 * a node dragged from the palette starts with where it is not what the config takes for a missing value.
 */
export function editorDefaults<C extends object>(
  config: Config<C>,
  fresh?: Readonly<Partial<C>>,
): Record<string, PropertyDefault> {
  const named: Record<string, PropertyDefault> = { name: { value: '' } };
  for (const field of Object.keys(config.fields) as (keyof C & string)[]) {
    named[field] = {
      value: fresh?.[field] ?? config.defaults[field],
      validate(this: EditorNode, value, _options) {
        // An open form knows better: Node-RED asks a list or a box of choices for its value, and they have none.
        const problem = config.check(field, { ...this, [field]: value, ...openValues(this) });
        return problem ? describeProblem(problem) : true;
      },
    };
  }
  return named;
}
