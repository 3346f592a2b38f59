import type { RawData, WebSocket } from 'ws';
import { type Link, MESSAGE_SIZE_MAX } from '../contract/link.ts';

/**
 * A link over a WebSocket. One binary message is one frame; text closes it (1003). A reader so slow that a whole
 * message's worth of frames waits for it is cut off (1013): the studio connects again and gets the present state,
 * which is worth more than the backlog.
 */
export function linkOverSocket(socket: WebSocket, waitingBytesMax = MESSAGE_SIZE_MAX): Link {
  return {
    send(frame) {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > waitingBytesMax) return socket.close(1013, 'reader too slow');
      socket.send(frame);
    },
    onMessage(listener) {
      socket.on('message', (data: RawData, binary) => {
        if (binary) listener(bytesOf(data));
        else socket.close(1003, 'frames are binary');
      });
    },
    onClose(listener) {
      socket.on('close', listener);
      socket.on('error', () => socket.terminate()); // 'close' follows
    },
    close: () => socket.close(),
  };
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
