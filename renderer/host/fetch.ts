/** `HostApi` over HTTP, as the browser host (engine/serve) answers it, and the engine's link over a WebSocket. */
import { HOST_CALLS, type HostApi, type HostCall } from '../../engine/contract/host.ts';
import type { Link } from '../../engine/contract/link.ts';
import { problem } from '../../engine/contract/problems.ts';

const CAPABILITIES = { dialogs: false, nativeMenu: false, platform: 'other' } as const;

/** `base`: the page's folder, which the API stands under. */
export function fetchHost(base: URL): HostApi {
  const calls = Object.fromEntries(
    HOST_CALLS.map((call) => [call, (...args: unknown[]) => post(base, call, args)]),
  ) as unknown as Pick<HostApi, HostCall>;
  return { ...calls, connectEngine: () => openSocket(base) };
}

async function post(base: URL, call: HostCall, args: readonly unknown[]): Promise<unknown> {
  try {
    const response = await fetch(new URL(`api/${call}`, base), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(args),
    });
    if (response.ok) return await response.json();
    return failed(call, `the host answered ${response.status}`);
  } catch (error) {
    return failed(call, error instanceof Error ? error.message : String(error));
  }
}

function failed(call: HostCall, value: string): unknown {
  if (call === 'capabilities') return CAPABILITIES;
  return {
    ok: false,
    problem: problem('L-MESSAGE', {
      path: [],
      message: 'The program behind this page does not answer.',
      value,
      expected: 'a running Weir',
      next: 'See whether it still runs in its terminal, start it again, and reload this page from its new address.',
    }),
  };
}

function openSocket(base: URL): Promise<Link> {
  const url = new URL('engine', base);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    const fail = (): void => reject(new Error('the connection to the engine could not be opened'));
    socket.onerror = fail;
    socket.onclose = fail;
    socket.onopen = () => resolve(linkOver(socket));
  });
}

function linkOver(socket: WebSocket): Link {
  const listeners: ((frame: Uint8Array) => void)[] = [];
  // Frames that come before anyone listens are kept: the engine greets at once.
  let early: Uint8Array[] = [];
  socket.onmessage = ({ data }) => {
    if (!(data instanceof ArrayBuffer)) return;
    const frame = new Uint8Array(data);
    if (listeners.length === 0) early.push(frame);
    for (const listener of listeners) listener(frame);
  };
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame as Uint8Array<ArrayBuffer>);
    },
    onMessage(listener) {
      listeners.push(listener);
      for (const frame of early) listener(frame);
      early = [];
    },
    onClose(listener) {
      if (socket.readyState === WebSocket.CLOSED) queueMicrotask(listener);
      else socket.addEventListener('close', listener);
    },
    close: () => socket.close(),
  };
}
