import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { amtoolSnippet, prometheusSnippet } from './integration-snippets.ts';

const address = { origin: 'https://pitwall.example:8443', path: '/api/integrations/1', secret: 'pwi_a-b' };

test('alerting S59: the snippets are YAML that leads a sender to its own prefix with its own secret', () => {
  expect(parse(prometheusSnippet(address))).toEqual({
    alerting: {
      alertmanagers: [
        {
          scheme: 'https',
          path_prefix: '/api/integrations/1',
          authorization: { type: 'Bearer', credentials: 'pwi_a-b' },
          static_configs: [{ targets: ['pitwall.example:8443'] }],
        },
      ],
    },
  });
  expect(parse(amtoolSnippet(address))).toMatchObject({
    'alertmanager.url': 'https://pitwall:pwi_a-b@pitwall.example:8443/api/integrations/1',
  });
});
