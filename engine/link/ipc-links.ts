/**
 * Any number of links over the one channel between a process and its child (fork with `serialization: 'advanced'`).
 * The parent opens links; either side closes one; all close with the channel.
 */
import { type Link, MESSAGE_SIZE_MAX } from '../contract/link.ts';

export interface IpcChannel {
  send(message: IpcMessage): void;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
}

export type IpcMessage =
  | { readonly link: number; readonly kind: 'open' | 'close' }
  | { readonly link: number; readonly kind: 'frame'; readonly frame: Uint8Array };

export class IpcLinks {
  readonly #channel: IpcChannel;
  readonly #links = new Map<number, { frame(frame: Uint8Array): void; closed(): void }>();
  #next = 1;

  /** @param accept gets the links that the other side opens */
  constructor(channel: IpcChannel, accept: (link: Link) => void = () => {}) {
    this.#channel = channel;
    channel.onMessage((message) => {
      if (!isIpcMessage(message)) return;
      if (message.kind === 'open') accept(this.#add(message.link));
      else if (message.kind === 'frame') this.#links.get(message.link)?.frame(message.frame);
      else this.#drop(message.link);
    });
    channel.onClose(() => {
      for (const id of [...this.#links.keys()]) this.#drop(id);
    });
  }

  open(): Link {
    const id = this.#next++;
    this.#channel.send({ link: id, kind: 'open' });
    return this.#add(id);
  }

  #add(id: number): Link {
    const early: Uint8Array[] = []; // until someone listens
    let listener: ((frame: Uint8Array) => void) | null = null;
    const closeListeners: (() => void)[] = [];
    this.#links.set(id, {
      frame: (frame) => (listener === null ? void early.push(frame) : listener(frame)),
      closed: () => {
        for (const closed of closeListeners) closed();
      },
    });
    return {
      send: (frame) => {
        if (this.#links.has(id)) this.#channel.send({ link: id, kind: 'frame', frame });
      },
      onMessage: (added) => {
        listener = added;
        for (const frame of early.splice(0)) added(frame);
      },
      onClose: (closed) => void closeListeners.push(closed),
      close: () => {
        if (!this.#links.has(id)) return;
        this.#channel.send({ link: id, kind: 'close' });
        this.#drop(id);
      },
    };
  }

  #drop(id: number): void {
    const link = this.#links.get(id);
    this.#links.delete(id);
    link?.closed();
  }
}

function isIpcMessage(message: unknown): message is IpcMessage {
  if (typeof message !== 'object' || message === null || !('kind' in message) || !('link' in message))
    return false;
  if (typeof message.link !== 'number') return false;
  if (message.kind !== 'frame') return message.kind === 'open' || message.kind === 'close';
  return (
    'frame' in message && message.frame instanceof Uint8Array && message.frame.length <= MESSAGE_SIZE_MAX
  );
}
