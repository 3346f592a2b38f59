import type { MergeRuntime } from '../../runtime/contracts.ts';

export const unionRuntime: MergeRuntime = { kind: 'merge' };
