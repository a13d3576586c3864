import { constants, createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** What a provider does wrong; `none` is a provider that does everything right. */
export type Flaw =
  | 'none'
  | 'another issuer answers'
  | 'the answer names no issuer'
  | 'signed with a key of somebody else'
  | 'signed with a key that was withdrawn'
  | 'not signed'
  | 'signed with the secret of the client'
  | 'made for another client'
  | 'made by another issuer'
  | 'expired'
  | 'with the nonce of another sign-in'
  | 'without a nonce'
  | 'signed in a way that it does not announce';

/** How it signs; its key fits. */
export const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

function keyFor(algorithm: Algorithm) {
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519');
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return algorithm === 'ES384' ? generateKeyPairSync('ec', { namedCurve: 'P-384' }) : rsa();
}

function signed(text: string, algorithm: Algorithm, key: KeyObject): string {
  const digest = algorithm === 'EdDSA' ? null : algorithm === 'ES384' ? 'sha384' : 'sha256';
  const form =
    algorithm === 'PS256' ? pss : algorithm.startsWith('ES') ? { dsaEncoding: 'ieee-p1363' as const } : {};
  return sign(digest, Buffer.from(text), { key, ...form }).toString('base64url');
}

/**
 * An OpenID provider on loopback that lets everybody in as the same person without asking, and can be told to do one
 * thing wrong, and since when it remembers the person. What it should do: OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3, and RFC 9207.
 */
export async function startMisbehavingProvider(client: { id: string; secret: string }, port: number) {
  const issuer = `http://localhost:${port}`;
  const foreign = rsa();
  let algorithm: Algorithm = 'RS256';
  let [own, withdrawn, kid] = [keyFor(algorithm), keyFor(algorithm), 'first'];
  const nonces = new Map<string, string | null>();
  const provider = { flaw: 'none' as Flaw, rememberedForSeconds: 0 };

  function claims(nonce: string | null) {
    const { flaw } = provider;
    const now = Math.floor(Date.now() / 1000);
    const shown = flaw === 'with the nonce of another sign-in' ? 'of-another-sign-in' : nonce;
    return {
      iss: flaw === 'made by another issuer' ? 'https://evil.example' : issuer,
      aud: flaw === 'made for another client' ? 'another-client' : client.id,
      sub: 'mallory',
      email: 'mallory@people.example',
      email_verified: true,
      auth_time: now - provider.rememberedForSeconds,
      iat: now - (flaw === 'expired' ? 7200 : 0),
      exp: now + (flaw === 'expired' ? -3600 : 300),
      ...(flaw === 'without a nonce' ? {} : { nonce: shown }),
    };
  }

  function idToken(nonce: string | null): string {
    const { flaw } = provider;
    const alg =
      flaw === 'not signed' ? 'none' : flaw === 'signed with the secret of the client' ? 'HS256' : algorithm;
    const text = `${encode({ alg, kid, typ: 'JWT' })}.${encode(claims(nonce))}`;
    if (alg === 'none') return `${text}.`;
    if (alg === 'HS256')
      return `${text}.${createHmac('sha256', client.secret).update(text).digest('base64url')}`;
    const { privateKey } =
      flaw === 'signed with a key of somebody else'
        ? foreign
        : flaw === 'signed with a key that was withdrawn'
          ? withdrawn
          : own;
    return `${text}.${signed(text, algorithm, privateKey)}`;
  }

  /** Where the browser goes with its code. */
  function answerOf(query: URLSearchParams): string {
    const code = randomBytes(12).toString('hex');
    nonces.set(code, query.get('nonce'));
    const target = new URL(query.get('redirect_uri') ?? '');
    target.searchParams.set('code', code);
    target.searchParams.set('state', query.get('state') ?? '');
    const iss = provider.flaw === 'another issuer answers' ? 'https://evil.example' : issuer;
    if (provider.flaw !== 'the answer names no issuer') target.searchParams.set('iss', iss);
    return target.href;
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', issuer);
    const json = (body: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname === '/auth')
      return response.writeHead(302, { location: answerOf(url.searchParams) }).end();
    if (url.pathname === '/jwks')
      return json({
        keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' }],
      });
    if (url.pathname === '/token') {
      let body = '';
      for await (const chunk of request) body += chunk;
      const code = new URLSearchParams(body).get('code') ?? '';
      const token = idToken(nonces.get(code) ?? null);
      return json({ access_token: 'opaque', token_type: 'Bearer', expires_in: 60, id_token: token });
    }
    return json({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported:
        provider.flaw === 'signed in a way that it does not announce'
          ? ALGORITHMS.filter((other) => other !== algorithm)
          : [...ALGORITHMS, 'HS256', 'none'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    });
  }).listen(port, 'localhost');
  await once(server, 'listening');
  return {
    issuer,
    provider,
    /** From now on it signs with another key, maybe of another kind, and shows that one only. */
    rotate: (next: Algorithm = algorithm) => {
      [algorithm, own, withdrawn, kid] = [next, keyFor(next), own, `${kid}-next`];
    },
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
