/** `HostApi` over the preload's bridge, and the engine's link over the MessagePort that the shell hands over. */
import { PORT_MESSAGE, type WeirBridge } from '../../electron/ipc/contract.ts';
import { HOST_CALLS, type HostApi, type HostCall } from '../../engine/contract/host.ts';
import type { Link } from '../../engine/contract/link.ts';

const PORT_TIMEOUT_MS = 10_000;

export function bridgeHost(bridge: WeirBridge): HostApi {
  const calls = Object.fromEntries(
    HOST_CALLS.map((call) => [
      call,
      (...args: unknown[]) => (bridge[call] as (...a: unknown[]) => unknown)(...args),
    ]),
  ) as unknown as Pick<HostApi, HostCall>;
  return { ...calls, connectEngine: () => askForPort(bridge) };
}

function askForPort(bridge: WeirBridge): Promise<Link> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      window.removeEventListener('message', take);
    };
    const take = (event: MessageEvent): void => {
      const port = event.ports[0];
      // Only this window's own preload may hand over a port.
      if (event.source !== window || event.data !== PORT_MESSAGE || port === undefined) return;
      stop();
      resolve(linkOverPort(port));
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error('the engine gave no port'));
    }, PORT_TIMEOUT_MS);
    window.addEventListener('message', take);
    bridge.connectEngine();
  });
}

function linkOverPort(port: MessagePort): Link {
  let closed = false;
  const closers: (() => void)[] = [];
  const finish = (): void => {
    if (closed) return;
    closed = true;
    for (const closer of closers) closer();
  };
  // Chromium tells the other end of a port when a process ends.
  port.addEventListener('close', finish);
  return {
    send: (frame) => port.postMessage(frame),
    onMessage(listener) {
      port.addEventListener('message', ({ data }) => {
        if (data instanceof Uint8Array) listener(data);
        else port.close();
      });
      port.start();
    },
    onClose: (listener) => void closers.push(listener),
    close() {
      port.close();
      finish();
    },
  };
}
