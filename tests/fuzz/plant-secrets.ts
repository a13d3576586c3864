import { randomUUID } from 'node:crypto';
import type { Knocker } from './people.ts';

/** Fields of an answer whose text is a secret that is shown this once. */
const SECRET_FIELDS = /"(?:secret|signingSecret|key|token|calendarUrl|url)":"([^"]{20,})"/g;

async function post(
  url: string,
  { headers }: Knocker,
  path: string,
  body: unknown,
): Promise<Record<string, string>> {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
  const secrets = [...text.matchAll(SECRET_FIELDS)].map(([, secret = '']) => secret);
  return { ...JSON.parse(text), secrets: secrets.join(' ') };
}

/**
 * Makes one of everything that has a secret, as an admin would.
 *
 * @returns the secrets by name, and the id of an agent that may be looked at
 */
export async function plantSecrets(url: string, admin: Knocker) {
  const make = (path: string, body: unknown) => post(url, admin, `/api/v1${path}`, body);
  const address = 'canary-of-a-channel-address';
  // Names are taken once: a product may be planted in again.
  const mark = randomUUID();
  const agent = await make('/agents', {
    name: `keeper ${mark}`,
    controlUrl: 'http://127.0.0.1:9999/control',
  });
  const [control, integration, channel] = [
    await make(`/agents/${agent.id}/control-secret`, {}),
    await make('/alert-integrations', { name: `sender ${mark}` }),
    await make('/notification-channels', {
      ...{ name: `channel ${mark}`, kind: 'webhook' },
      settings: {
        url: `http://127.0.0.1:9999/${address}`,
        headers: { 'x-token': 'canary-of-a-channel-header' },
      },
    }),
  ];
  const secrets = new Map([
    ['a channel address', address],
    ['a channel header', 'canary-of-a-channel-header'],
  ]);
  for (const [name, made] of Object.entries({ agent, control, integration, channel }))
    for (const secret of made.secrets?.split(' ') ?? [])
      if (secret !== '') secrets.set(`${name} secret`, secret);
  return { secrets, agentId: agent.id ?? '' };
}
