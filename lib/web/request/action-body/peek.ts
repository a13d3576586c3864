import type { IncomingMessage } from 'node:http';
import { notOurs } from '../not-ours.ts';

/** Waits for the next bytes. False: there are none to come. */
function hasMore(request: IncomingMessage): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (more: boolean) => {
      request.off('readable', onReadable).off('close', onClose);
      resolve(more);
    };
    const onReadable = () => settle(true);
    const onClose = () => settle(false);
    request.on('readable', onReadable).on('close', onClose);
  });
}

/**
 * The first bytes of a request, which can be read again afterwards.
 *
 * @param length how many it said that it has
 * @throws AppError `invalid` for a request that ends sooner
 */
export async function peek(request: IncomingMessage, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let have = 0;
  while (have < length) {
    const chunk: Buffer | null = request.read();
    if (chunk !== null) {
      chunks.push(chunk);
      have += chunk.length;
    } else if (!(await hasMore(request))) throw notOurs();
  }
  const body = Buffer.concat(chunks, have);
  // In the same turn as the last read: a stream that said it has ended takes nothing back.
  request.unshift(body);
  return body;
}
