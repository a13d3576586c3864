import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs claims as a provider would: a compact JWS with RS256, or with the header that is given. */
export function signClaims(claims: object, key: KeyObject, header: object = {}): string {
  const text = `${encode({ alg: 'RS256', kid: 'only', typ: 'logout+jwt', ...header })}.${encode(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

/** What an OpenID provider on loopback says of itself; fields of `document` take the place of the right ones. */
export async function startOpenidProvider() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const given = { document: {} as Record<string, unknown>, status: 200 };
  const server = createServer((request, response) => {
    const isKeys = request.url === '/jwks';
    const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'only', alg: 'RS256', use: 'sig' }];
    const document = {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      id_token_signing_alg_values_supported: ['RS256', 'ES256'],
      code_challenge_methods_supported: ['S256'],
      ...given.document,
    };
    response
      .writeHead(given.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(isKeys ? { keys } : document));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    given,
    privateKey,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
