import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { WebSocket, WebSocketServer } from 'ws';
import { type IpcChannel, IpcLinks } from './ipc-links.ts';
import { linkPair } from './pair.ts';
import { pipe } from './pipe.ts';
import { linkOverPort } from './port-link.ts';
import { linkOverSocket } from './socket-link.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('links', () => {
  test('over ports: frames pass, anything else closes', async () => {
    const { port1, port2 } = new MessageChannel();
    const [a, b] = [linkOverPort(port1), linkOverPort(port2)];
    const heard = new Promise<Uint8Array>((resolve) => b.onMessage(resolve));
    a.send(Uint8Array.of(1, 2, 3));
    assert.deepEqual([...(await heard)], [1, 2, 3]);
    const closed = new Promise<void>((resolve) => a.onClose(resolve));
    port1.postMessage('text');
    await closed;
  });

  test('over ports as Electron gives them: an event around the data', () => {
    let deliver = (_message: unknown): void => {};
    const link = linkOverPort({
      postMessage: () => {},
      on: (event, listener) => {
        if (event === 'message') deliver = listener;
      },
      close: () => {},
    });
    const frames: Uint8Array[] = [];
    link.onMessage((frame) => frames.push(frame));
    deliver({ data: Uint8Array.of(9), ports: [] });
    assert.deepEqual(frames, [Uint8Array.of(9)]);
  });

  test('over IPC: many links, early frames kept, all closed with the channel', async () => {
    const [parent, child, cut] = channels();
    const accepted: ReturnType<IpcLinks['open']>[] = [];
    new IpcLinks(child, (link) => accepted.push(link));
    const links = new IpcLinks(parent);
    const [one, two] = [links.open(), links.open()];
    one.send(Uint8Array.of(1)); // before the other side listens
    two.send(Uint8Array.of(2));
    await settled();
    const heard: number[] = [];
    for (const link of accepted) link.onMessage((frame) => heard.push(frame[0] ?? 0));
    assert.deepEqual(heard, [1, 2]);
    const closed: string[] = [];
    accepted[0]?.onClose(() => closed.push('first'));
    two.onClose(() => closed.push('second'));
    one.close();
    await settled();
    assert.deepEqual(closed, ['first']);
    one.send(Uint8Array.of(3));
    parent.send({ link: 99, kind: 'frame', frame: Uint8Array.of(4) });
    parent.send('garbage' as never);
    parent.send({ link: 'x', kind: 'open' } as never);
    await settled();
    assert.deepEqual(heard, [1, 2]);
    assert.equal(accepted.length, 2);
    cut();
    assert.deepEqual(closed, ['first', 'second']);
  });

  test('a pipe joins two links and closes both', async () => {
    const [near, left] = linkPair();
    const [right, far] = linkPair();
    pipe(left, right);
    const heard: number[] = [];
    far.onMessage((frame) => heard.push(frame[0] ?? 0));
    near.onMessage((frame) => heard.push(-(frame[0] ?? 0)));
    near.send(Uint8Array.of(1));
    far.send(Uint8Array.of(2));
    await settled();
    assert.deepEqual(heard.sort(), [-2, 1]);
    let closed = false;
    far.onClose(() => {
      closed = true;
    });
    near.close();
    await settled();
    assert.ok(closed);
  });

  describe('over sockets', () => {
    let server: WebSocketServer;
    before(async () => {
      server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 1000 });
      await once(server, 'listening');
    });
    after(() => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    });
    async function dial(): Promise<{ client: WebSocket; served: WebSocket }> {
      const accepted = once(server, 'connection') as Promise<[WebSocket]>;
      const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
      client.on('error', () => {});
      await once(client, 'open');
      return { client, served: (await accepted)[0] };
    }

    test('a frame above the limit closes the link, not the server', async () => {
      const { client, served } = await dial();
      const link = linkOverSocket(served);
      link.onMessage(() => assert.fail('the frame is too large'));
      const closed = new Promise<void>((resolve) => link.onClose(resolve));
      client.send(new Uint8Array(2000));
      await closed;
      await dial();
    });

    test('a reader that does not read is cut off', async () => {
      const { client, served } = await dial();
      const link = linkOverSocket(served, 1_000_000);
      link.onMessage(() => {});
      client.pause();
      const frame = new Uint8Array(500_000);
      let sent = 0;
      while (served.readyState === served.OPEN && sent < 200) {
        link.send(frame);
        sent++;
        await settled();
      }
      assert.ok(served.bufferedAmount < 3_000_000, `${served.bufferedAmount} bytes wait`);
      assert.notEqual(served.readyState, served.OPEN);
    });
  });
});

/** Two ends of a channel between processes. */
function channels(): [IpcChannel, IpcChannel, cut: () => void] {
  const listeners: ((message: unknown) => void)[] = [];
  const closers: (() => void)[] = [];
  const end = (own: number, other: number): IpcChannel => ({
    send: (message) => setImmediate(() => listeners[other]?.(structuredClone(message))),
    onMessage: (listener) => {
      listeners[own] = listener;
    },
    onClose: (listener) => void closers.push(listener),
  });
  return [
    end(0, 1),
    end(1, 0),
    () => {
      for (const closed of closers) closed();
    },
  ];
}
