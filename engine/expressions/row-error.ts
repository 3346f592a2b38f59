/** A row for which an expression has no value: it goes to the dead-letter port with this message. */
export class RowError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RowError';
  }
}
