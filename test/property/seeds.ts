/**
 * Where random tests begin. Without being asked for more they try the same every time: what passed for a commit passes again.
 * `--plans` and `--pipelines` begin elsewhere with every run, to find what is not known yet.
 */
export const firstSeed = (isAskedFor: boolean): number =>
  isAskedFor ? Math.floor(Math.random() * 2 ** 30) : 1;
