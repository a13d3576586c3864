import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { LOOPBACK, opened } from '#lib/testing/outbound-policy.ts';
import { makeServerCertificate } from '#tests/kubernetes/private-ca.ts';
import { type RegistryServer, startRegistry } from '#tests/registry/start.ts';
import type { AskedImage } from '../port.ts';
import { readChallenge } from './challenge.ts';
import { createOciRegistry } from './oci-registry.ts';

const ACCOUNT = { username: 'robot', secret: 'not-for-everybody' };
const NEVER = new AbortController().signal;
const NAME = 'team/agent';
let server: RegistryServer;
beforeAll(async () => {
  server = await startRegistry({ account: ACCOUNT });
});
afterEach(() => {
  server.trouble(null);
  server.saysDigest(true);
  server.realm(null);
  server.requests.length = 0;
});
afterAll(() => server.close());

const registry = createOciRegistry({ policy: LOOPBACK, plainLoopback: true });
const resolve = (tag: string, more: Partial<AskedImage> = {}) =>
  registry.resolve({ image: `${server.host}/${NAME}`, tag, login: null, ca: null, ...more }, NEVER);

test('deployment S-67: a tag is resolved by asking for its head, with a token that anybody gets', async () => {
  const digest = server.push(NAME, '1.0.0', 'one');
  expect(await resolve('1.0.0')).toEqual({ digest, platforms: [] });
  const path = `/v2/${NAME}/manifests/1.0.0`;
  expect(server.requests).toEqual([`HEAD ${path}`, 'GET /token', `HEAD ${path}+auth`]);
});

test('deployment S-67: of an image for several platforms it is the digest of the index, and theirs are known', async () => {
  const made = server.pushIndex(NAME, '1.1.0', ['amd64', 'arm64']);
  expect(await resolve('1.1.0')).toEqual(made);
});

test('deployment S-67: a registry that does not say the digest is believed by what it hands out', async () => {
  server.saysDigest(false);
  const digest = server.push(NAME, '1.2.0', 'two');
  expect(await resolve('1.2.0')).toEqual({ digest, platforms: [] });
  const made = server.pushIndex(NAME, '1.3.0', ['a', 'b']);
  expect(await resolve('1.3.0')).toEqual(made);
});

test('deployment S-67: what is private wants the login of the registry, as a token or itself', async () => {
  const digest = server.push('team/private', '1', 'p');
  server.makePrivate('team/private');
  const image = `${server.host}/team/private`;
  await expect(resolve('1', { image })).rejects.toMatchObject({
    code: 'unauthenticated',
    message: expect.stringContaining('wants a login'),
  });
  expect(await resolve('1', { image, login: ACCOUNT })).toMatchObject({ digest });
  await expect(resolve('1', { image, login: { ...ACCOUNT, secret: 'no' } })).rejects.toMatchObject({
    code: 'unauthenticated',
    message: expect.stringContaining('does not take the login'),
  });
  const basic = await startRegistry({ auth: 'basic', account: ACCOUNT });
  const same = basic.push(NAME, '1', 'p');
  const there = { image: `${basic.host}/${NAME}` };
  expect(await resolve('1', { ...there, login: ACCOUNT })).toMatchObject({ digest: same });
  await expect(resolve('1', there)).rejects.toMatchObject({ code: 'unauthenticated' });
  await basic.close();
});

test.each([
  [404, {}, 'not_found', 'has no'],
  [403, {}, 'forbidden', 'login'],
  [429, { 'retry-after': '17' }, 'rate_limited', 'no more requests'],
  [301, { location: 'http://169.254.169.254/' }, 'unavailable', 'leads elsewhere'],
  [400, {}, 'invalid', '400'],
  [503, {}, 'unavailable', '503'],
])('deployment S-67: an answer %i is told in words', async (status, headers, code, words) => {
  server.trouble({ status, headers });
  const error = await resolve('1.0.0').catch((reason) => reason);
  expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
  if (status === 429) expect(error.retryAfterSeconds).toBe(17);
  expect(server.requests).toHaveLength(1);
});

test('deployment S-67: a registry that is away, or has no such image, is named', async () => {
  await expect(resolve('9.9.9')).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining(`${NAME}:9.9.9`),
  });
  const gone = await startRegistry();
  await gone.close();
  await expect(resolve('1', { image: `${gone.host}/${NAME}` })).rejects.toMatchObject({
    code: 'unavailable',
    message: `${gone.host} could not be reached.`,
  });
});

test('security O1: neither a registry inside the network is asked, nor one whose tokens are there', async () => {
  server.push(NAME, '1.0.0', 'one');
  const closed = createOciRegistry({ policy: opened(), plainLoopback: true });
  const asked = { image: `${server.host}/${NAME}`, tag: '1.0.0', login: ACCOUNT, ca: null };
  await expect(closed.resolve(asked, NEVER)).rejects.toMatchObject({ code: 'forbidden' });
  expect(server.requests).toEqual([]);
  server.realm('http://169.254.169.254/token');
  await expect(registry.resolve(asked, NEVER)).rejects.toMatchObject({ code: 'forbidden' });
  expect(server.requests).toHaveLength(1);
  // Without development there is no registry without TLS.
  const strict = createOciRegistry({ policy: LOOPBACK, plainLoopback: false });
  await expect(strict.resolve(asked, NEVER)).rejects.toMatchObject({ code: 'unavailable' });
  expect(server.requests).toHaveLength(1);
});

test('deployment S-67: a login goes nowhere without TLS that came with it, and a private authority is believed', async () => {
  const { ca, cert, key } = makeServerCertificate('IP:127.0.0.1');
  const safe = await startRegistry({ account: ACCOUNT, tls: { cert, key } });
  const digest = safe.push(NAME, '1', 'p');
  const strict = createOciRegistry({ policy: LOOPBACK, plainLoopback: false });
  const asked = { image: `${safe.host}/${NAME}`, tag: '1', login: ACCOUNT };
  expect(await strict.resolve({ ...asked, ca }, NEVER)).toMatchObject({ digest });
  await expect(strict.resolve({ ...asked, ca: null }, NEVER)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('is not trusted'),
  });
  safe.realm(`http://${server.host}/token`);
  await expect(strict.resolve({ ...asked, ca }, NEVER)).rejects.toMatchObject({
    message: expect.stringContaining('no safe place'),
  });
  expect(server.requests).toEqual([]);
  await safe.close();
});

test('challenges are read as registries write them', () => {
  expect(readChallenge('Bearer realm="https://auth.example.test/token",service="r",scope="x"')).toEqual({
    ...{ scheme: 'bearer', realm: 'https://auth.example.test/token', service: 'r' },
  });
  expect(readChallenge('Basic realm="r", Bearer realm="https://a.example.test"')).toMatchObject({
    scheme: 'bearer',
    service: null,
  });
  expect(readChallenge('Basic realm="r"')).toEqual({ scheme: 'basic' });
  for (const none of [undefined, '', 'Negotiate', 'Bearer scope="x"']) expect(readChallenge(none)).toBeNull();
});
