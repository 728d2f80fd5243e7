import { type Config, describeProblem } from '../../../src/config';
import { openValues } from './form';
import type { EditorNode, PropertyDefault } from './red';

/** Node-RED's `defaults` of a node type, made of its config: the form checks with the runtime's own code. */
export function editorDefaults<C extends object>(config: Config<C>): Record<string, PropertyDefault> {
  const named: Record<string, PropertyDefault> = { name: { value: '' } };
  for (const field of Object.keys(config.fields) as (keyof C & string)[]) {
    named[field] = {
      value: config.defaults[field],
      validate(this: EditorNode, value, _options) {
        const problem = config.check(field, { ...this, ...openValues(this), [field]: value });
        return problem ? describeProblem(problem) : true;
      },
    };
  }
  return named;
}
