/** What all forms share; shipped once, with the plugin memory-runtime. */
export * from '../../../src/config';
export { editorDefaults } from './defaults';
export { type FormOptions, openForm } from './form';
export { type List, type ListCell, makeList } from './list';
export { registerNode } from './register';
