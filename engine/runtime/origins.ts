export { originOf } from '../plan/origin.ts';
