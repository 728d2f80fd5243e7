/** The engine's door: everything that nodes and other programs use. Each room says what of it is public. */
export * from './config';
export * from './gc';
export * from './sample';
