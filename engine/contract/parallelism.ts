/** Bounds of the settings of the same name: apart, so that the command line need not load the document's schema. */
export const PARALLELISM_MAX = 64;
export const MAX_PARALLELISM_MAX = 1024;
