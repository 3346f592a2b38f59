import { fileURLToPath } from 'node:url';

/** The checkout, without a trailing separator. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).slice(0, -1);
