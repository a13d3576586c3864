import type { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import type { KubeObject } from './objects.ts';
import type { KubernetesServer } from './start.ts';

interface WatchEvent {
  type: string;
  object: KubeObject;
}

async function readEvents(body: Readable, tell: (event: WatchEvent) => void): Promise<void> {
  let begun = '';
  for await (const chunk of body.setEncoding('utf8')) {
    const lines = `${begun}${chunk}`.split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) tell(JSON.parse(line));
  }
}

/** Opens a watch and gathers what it tells, and how it ended. */
export async function openWatch(server: KubernetesServer, path: string) {
  const dispatcher = new Agent({ connect: { ca: server.ca } });
  const headers = { authorization: `Bearer ${server.token}` };
  const { body, statusCode } = await request(`${server.url}${path}`, { headers, dispatcher });
  const events: WatchEvent[] = [];
  const ending = { isOver: false, error: null as unknown };
  const end = (error: unknown) => Object.assign(ending, { isOver: true, error });
  readEvents(body, (event) => events.push(event)).then(() => end(null), end);
  return { status: statusCode, events, ending, close: () => dispatcher.destroy() };
}
