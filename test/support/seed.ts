/**
 * Properties are tested on the same values in every run, so that a failure can be repeated. `FC_SEED=7` tests others.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_123) });
