import { text } from 'node:stream/consumers';
import { Agent, request } from 'undici';
import type { KubeObject } from './objects.ts';
import type { KubernetesServer } from './start.ts';

interface Reply {
  status: number;
  /** An object, a list or a Status. */
  body: KubeObject;
  retryAfter: string | undefined;
}

/** Speaks to a test server as any client does: HTTPS by its CA, a bearer token, JSON. */
export function clientOf(server: KubernetesServer, token = server.token) {
  const dispatcher = new Agent({ connect: { ca: server.ca } });
  const call = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    contentType = 'application/json',
  ): Promise<Reply> => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': contentType,
      'user-agent': 'tester/1',
    };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await request(`${server.url}${path}`, { method, headers, dispatcher, ...sent });
    const words = await text(answer.body);
    const retryAfter = answer.headers['retry-after'] as string | undefined;
    return { status: answer.statusCode, body: JSON.parse(words), retryAfter };
  };
  return { call, close: () => dispatcher.destroy() };
}
