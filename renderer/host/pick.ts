/** The host of this window: Electron's bridge where there is one, else the browser host behind this page. */
import type { HostApi } from '../../engine/contract/host.ts';
import { bridgeHost } from './bridge.ts';
import { fetchHost } from './fetch.ts';

export const pickHost = (): HostApi => {
  const { weir } = globalThis as { weir?: Parameters<typeof bridgeHost>[0] };
  return weir === undefined ? fetchHost(new URL('.', location.href)) : bridgeHost(weir);
};
