/** What rows must be for a format. Pure. */

/** https://avro.apache.org/docs/1.12.0/specification/#names */
export const isAvroName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
