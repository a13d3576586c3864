import { expect, test } from 'vitest';
import { makeConfig } from '#lib/config/config.ts';
import { addressesAt } from './public-addresses.ts';

const needed = { DATABASE_URL: 'postgres://app:x@127.0.0.1:5432/pitwall', SECRET_KEY: 'k'.repeat(32) };
const addresses = (env: Record<string, string>) =>
  addressesAt('pit.example', makeConfig({ ...needed, ...env }));

test('agents are told the host of the page with its ports, until they are reached elsewhere', () => {
  expect(addresses({ OTLP_HTTP_PORT: '4418' })).toMatchObject({
    ...{ otlpHttp: 'http://pit.example:4418', otlpGrpc: 'http://pit.example:4317', otlpInClear: false },
  });
  const behindProxy = { APP_URL: 'https://pit.example', OTLP_HTTP_URL: 'https://otlp.pit.example/' };
  expect(addresses({ ...behindProxy, OTLP_GRPC_URL: 'https://otlp.pit.example:443' })).toMatchObject({
    ...{ otlpHttp: 'https://otlp.pit.example', otlpGrpc: 'https://otlp.pit.example:443', otlpInClear: false },
  });
});

test('a console over TLS that tells agents an address without it says so', () => {
  expect(addresses({ APP_URL: 'https://pit.example' }).otlpInClear).toBe(true);
});
