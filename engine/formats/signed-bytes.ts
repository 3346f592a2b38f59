/** Two's complement, the highest byte first; null of no bytes. */
export function signedOf(bytes: Uint8Array | null): bigint | null {
  if (bytes === null || bytes.length === 0) return null;
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(bytes.length * 8, value);
}
