import { stringify } from 'yaml';

/** A kubeconfig with one cluster, one user with a bearer token, and one context. */
export function kubeconfigText({ url, ca, token }: { url: string; ca: string; token: string }): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'test',
        cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    users: [{ name: 'pitwall', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'pitwall', namespace: 'default' } }],
    'current-context': 'test',
  });
}
