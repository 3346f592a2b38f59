/** Names of functions that an expression field offers. */
export const FUNCTION_NAMES: readonly string[] = [];
