/** Numbers in ascending order. */

/** The first position whose number is at least `value`. */
export function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if ((sorted[mid] ?? 0) < value) low = mid + 1;
    else high = mid;
  }
  return low;
}

export function insertSorted(sorted: number[], value: number): void {
  if (sorted.length === 0 || (sorted[sorted.length - 1] ?? 0) < value) sorted.push(value);
  else sorted.splice(lowerBound(sorted, value), 0, value);
}
