/** Reads the record format's variable-length integers (zig-zag, as in Protocol Buffers). */
export class VarintReader {
  bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Exact up to 2^53; longer ones (times in the far future) are rounded. */
  next(): number {
    const { bytes } = this;
    let byte = bytes[this.at++] as number;
    if (byte < 128) return (byte >>> 1) ^ -(byte & 1);
    let low = byte & 127;
    let shift = 7;
    while (shift < 28) {
      byte = bytes[this.at++] as number;
      low |= (byte & 127) << shift;
      if (byte < 128) return (low >>> 1) ^ -(low & 1);
      shift += 7;
    }
    let value = low;
    let scale = 2 ** 28;
    do {
      byte = bytes[this.at++] as number;
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128 && scale < 2 ** 70);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
