/** The engine's door: everything that nodes and other programs use. Each room says what of it is public. */
export * from './buffer';
export * from './census';
export * from './config';
export * from './contexts';
export * from './fleet';
export * from './gate';
export * from './gc';
export * from './ledger';
export * from './profile';
export * from './record';
export * from './report';
export * from './sample';
export * from './scope';
export * from './size';
export * from './stream';
export * from './structure';
export * from './trend';
