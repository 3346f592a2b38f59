import type { Files, OpenFile } from '../../files/files.ts';

/** A disk with room for so many bytes more. What was removed makes no room: who runs out of it once does so again. */
export function fullDisk(inner: Files, bytes: number): Files {
  let left = bytes;
  const bounded = (file: OpenFile): OpenFile => ({
    read: (into, position) => file.read(into, position),
    write: async (data, position) => {
      const fitting = Math.min(left, data.length);
      left -= fitting;
      await file.write(data.subarray(0, fitting), position);
      if (fitting < data.length)
        throw Object.assign(new Error('ENOSPC: no space left on device, write (injected)'), {
          code: 'ENOSPC',
        });
    },
    truncate: (length) => file.truncate(length),
    sync: () => file.sync(),
    close: () => file.close(),
  });
  return {
    makeFolder: (path) => inner.makeFolder(path),
    open: async (path, how) => bounded(await inner.open(path, how)),
    info: (path) => inner.info(path),
    list: (folder) => inner.list(folder),
    link: (from, to) => inner.link(from, to),
    rename: (from, to) => inner.rename(from, to),
    remove: (path) => inner.remove(path),
    syncFolder: (folder) => inner.syncFolder(folder),
  };
}
