/** Seeded randomness: same seed, same numbers, on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/** sfc32 by Chris Doty-Humphrey (PractRand), seeded through splitmix32: small, fast, passes BigCrush. */
export function random(seed: number): Random {
  let s = seed >>> 0;
  const split = (): number => {
    s = (s + 0x9e3779b9) | 0;
    let z = s ^ (s >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let a = split();
  let b = split();
  let c = split();
  let d = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) next();
  return { next };
}

/** A seed for one node of a run: the same whatever other nodes there are. FNV-1a over the id, mixed with the seed. */
export function nodeSeed(runSeed: number, nodeId: string): number {
  let hash = 0x811c9dc5 ^ (runSeed >>> 0);
  for (let i = 0; i < nodeId.length; i++) hash = Math.imul(hash ^ nodeId.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * The number of one place in an endless row of numbers, uniform in [0, 1): no state, so that any part can be made
 * again without what came before. splitmix32's mixing over the place, with the seed entering twice, so that two seeds
 * do not give the same row shifted.
 */
export function randomAt(seed: number, place: number): number {
  let z = Math.imul(place | 0, 0x9e3779b9) ^ seed;
  if (place >= 4294967296) z ^= Math.imul((place / 4294967296) | 0, 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = (z ^ (z >>> 15)) + seed;
  z = Math.imul(z, 0x735a2d97);
  z ^= z >>> 15;
  z = Math.imul(z, 0x2c1b3c6d);
  return ((z ^ (z >>> 16)) >>> 0) / 4294967296;
}
