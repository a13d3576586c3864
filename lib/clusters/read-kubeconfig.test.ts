import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readKubeconfig } from './read-kubeconfig.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const PEM = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n';

function kubeconfig({
  user = { token: 'secret' } as object,
  cluster = {} as object,
  more = {} as object,
} = {}): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'c',
        cluster: {
          server: 'https://cluster.test:6443',
          'certificate-authority-data': base64(PEM),
          ...cluster,
        },
      },
    ],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'main', context: { cluster: 'c', user: 'u', namespace: 'agents' } }],
    'current-context': 'main',
    ...more,
  });
}

test('the address and the credentials of one context are taken over', () => {
  expect(readKubeconfig(kubeconfig(), null)).toEqual({
    server: 'https://cluster.test:6443',
    ca: PEM,
    skipTlsVerify: false,
    tlsServerName: null,
    user: { token: 'secret', clientCertificate: null, clientKey: null },
  });
  const certificate = { 'client-certificate-data': base64('cert'), 'client-key-data': base64('key') };
  expect(readKubeconfig(kubeconfig({ user: certificate }), 'main').user).toEqual({
    token: null,
    clientCertificate: 'cert',
    clientKey: 'key',
  });
});

test.each([
  ['exec', { exec: { command: '/bin/sh', apiVersion: 'client.authentication.k8s.io/v1' } }],
  ['auth-provider', { 'auth-provider': { name: 'gcp', config: { 'cmd-path': '/bin/sh' } } }],
  ['tokenFile', { tokenFile: '/etc/passwd' }],
  ['token-file', { 'token-file': '/etc/passwd' }],
  ['client-key', { 'client-key': '/etc/passwd', token: 'secret' }],
  ['client-certificate', { 'client-certificate': '/etc/passwd', token: 'secret' }],
  ['as-groups', { token: 'secret', 'as-groups': ['system:masters'] }],
])(
  'deployment S-74: a kubeconfig with %s is refused in words, and nothing of it runs or is read',
  (field, user) => {
    expect(() => readKubeconfig(kubeconfig({ user: { token: 'secret', ...user } }), null)).toThrow(
      expect.objectContaining({ code: 'invalid', issues: [expect.objectContaining({ path: 'kubeconfig' })] }),
    );
    expect(field).toBeTruthy();
  },
);

test.each([{ 'certificate-authority': '/etc/passwd' }, { 'proxy-url': 'http://evil.test' }])(
  'deployment S-74: a cluster that names a file or a way of its own is refused: %j',
  (cluster) => {
    expect(() => readKubeconfig(kubeconfig({ cluster }), null)).toThrow(/CA file|proxy/);
  },
);

test('deployment S-70: a context that is not there, or has no credentials or address, is said to be one', () => {
  expect(() => readKubeconfig(kubeconfig(), 'other')).toThrow('It has no context other.');
  expect(() => readKubeconfig(kubeconfig({ more: { 'current-context': '' } }), null)).toThrow('choose one');
  expect(() => readKubeconfig(kubeconfig({ user: {} }), null)).toThrow('no credentials');
  expect(() => readKubeconfig(kubeconfig({ cluster: { server: null } }), null)).toThrow(
    'no cluster with an address',
  );
  expect(() => readKubeconfig('{{{', null)).toThrow('YAML');
  expect(() => readKubeconfig('just words', null)).toThrow('choose one');
});
