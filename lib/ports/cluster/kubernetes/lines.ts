import { ClusterError } from '../port.ts';

/**
 * The lines of a body as they come, without their ends. What follows the last end is the last line: a stream that broke
 * off within a line throws before it is told.
 *
 * @param maxLength UTF-16 code units of a line; a longer one is cut where `isCut`, and else ends the stream
 */
export async function* linesOf(
  body: AsyncIterable<Uint8Array>,
  { maxLength, isCut }: { maxLength: number; isCut: boolean },
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) yield line.length > maxLength ? line.slice(0, maxLength) : line;
    if (rest.length <= maxLength) continue;
    if (!isCut) throw new ClusterError('failed', 'An event of the cluster is too large.');
    rest = rest.slice(0, maxLength);
  }
  if (rest) yield rest;
}
