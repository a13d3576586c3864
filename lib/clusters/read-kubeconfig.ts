import { parse } from 'yaml';
import { AppError } from '#lib/kernel/errors.ts';
import type { GivenAccess } from '#lib/model/cluster-access.ts';
import { fieldAt, recordAt, recordsAt, textAt } from '#lib/model/json-fields.ts';

/** What of a user and of a cluster is taken over. Everything else is refused by name, or would be lost silently. */
const USER_FIELDS = ['token', 'client-certificate-data', 'client-key-data'];
const CLUSTER_FIELDS = [
  'server',
  'certificate-authority-data',
  'insecure-skip-tls-verify',
  'tls-server-name',
  'extensions',
];

/** Why some fields are refused, in words; they would run programs or read files where Pitwall runs. */
const REFUSED: Readonly<Record<string, string>> = {
  exec: 'It runs a program to sign in (exec), which is not allowed: give a token of a service account.',
  'auth-provider': 'It signs in by a provider plugin (auth-provider), which is not allowed: give a token.',
  tokenFile: 'It reads its token from a file: paste one that holds the token itself.',
  'token-file': 'It reads its token from a file: paste one that holds the token itself.',
  'client-certificate':
    'It names a certificate file: paste one with client-certificate-data (kubectl config view --raw --flatten).',
  'client-key': 'It names a key file: paste one with client-key-data (kubectl config view --raw --flatten).',
  'certificate-authority':
    'It names a CA file: paste one with certificate-authority-data (kubectl config view --raw --flatten).',
  'proxy-url': 'It goes through a proxy of its own: proxies are set by the operator (HTTPS_PROXY).',
  username: 'It signs in with a password, which clusters no longer take: give a token.',
  password: 'It signs in with a password, which clusters no longer take: give a token.',
};

function refuse(message: string): never {
  throw new AppError('invalid', message, { issues: [{ path: 'kubeconfig', message }] });
}

function checkFields(of: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  for (const [field, value] of Object.entries(of)) {
    if (known.includes(field) || value === null) continue;
    refuse(REFUSED[field] ?? `It says something that Pitwall does not know: ${field}.`);
  }
}

function parsed(text: string): unknown {
  try {
    // Aliases of aliases would grow without end.
    return parse(text, { maxAliasCount: 20 });
  } catch {
    return refuse('This is no kubeconfig: it cannot be read as YAML.');
  }
}

function decoded(of: unknown, field: string): string | null {
  const data = textAt(of, field);
  return data === null ? null : Buffer.from(data, 'base64').toString('utf8');
}

/**
 * Reads what somebody pasted: the address and the credentials of one context, and nothing that would have Pitwall run
 * a program or open a file (deployment S-74). The text itself is not kept.
 *
 * @param context null: the one that it calls current
 * @throws AppError `invalid` in words
 */
export function readKubeconfig(text: string, context: string | null): GivenAccess {
  const file = parsed(text);
  const named = (list: string, name: string | null) =>
    recordsAt(file, list).find((entry) => textAt(entry, 'name') === name);
  const chosen = context ?? textAt(file, 'current-context');
  const found = named('contexts', chosen);
  if (!found) refuse(chosen ? `It has no context ${chosen}.` : 'It names no current context: choose one.');
  const cluster = recordAt(named('clusters', textAt(found, 'context', 'cluster')), 'cluster');
  const user = recordAt(named('users', textAt(found, 'context', 'user')), 'user');
  checkFields(cluster, CLUSTER_FIELDS);
  checkFields(user, USER_FIELDS);
  const server = textAt(cluster, 'server');
  if (!server) refuse(`Its context ${chosen} leads to no cluster with an address.`);
  const [token, clientCertificate, clientKey] = [
    textAt(user, 'token'),
    decoded(user, 'client-certificate-data'),
    decoded(user, 'client-key-data'),
  ];
  if (!token && !(clientCertificate && clientKey))
    refuse(`Its context ${chosen} holds no credentials: neither a token nor a certificate with its key.`);
  return {
    server,
    ca: decoded(cluster, 'certificate-authority-data'),
    skipTlsVerify: fieldAt(cluster, 'insecure-skip-tls-verify') === true,
    tlsServerName: textAt(cluster, 'tls-server-name'),
    user: { token, clientCertificate, clientKey },
  };
}
