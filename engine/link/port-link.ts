import { type Link, MESSAGE_SIZE_MAX } from '../contract/link.ts';

/** What `MessagePort` of node:worker_threads and Electron's `MessagePortMain` have in common. */
export interface PortLike {
  postMessage(message: unknown): void;
  on(event: 'message' | 'close', listener: (message: unknown) => void): unknown;
  start?(): void;
  close(): void;
}

/** A link over a message port. Whatever comes that is no frame of bounded size closes the port. */
export function linkOverPort(port: PortLike): Link {
  return {
    send: (frame) => port.postMessage(frame),
    onMessage(listener) {
      port.on('message', (message) => {
        const frame = frameOf(message);
        if (frame === null) port.close();
        else listener(frame);
      });
      port.start?.();
    },
    onClose: (listener) => void port.on('close', () => listener()),
    close: () => port.close(),
  };
}

/** Node gives the data itself, Electron an event that holds it. */
function frameOf(message: unknown): Uint8Array | null {
  const data = typeof message === 'object' && message !== null && 'data' in message ? message.data : message;
  return data instanceof Uint8Array && data.length <= MESSAGE_SIZE_MAX ? data : null;
}
