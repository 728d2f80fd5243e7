export { poolConfig as config } from '../../src/config';
