/**
 * Kubernetes: the implementation of the cluster port. Credentials and TLS are those of its own client library, loaded
 * in the worker alone; requests are plain JSON over one pool of connections a cluster.
 *
 * This file makes the library's configuration of exactly one cluster and one user (deployment S-70, S-72).
 */
import { readFileSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';
import type { ClusterAccess, GivenAccess } from '#lib/model/cluster-access.ts';
import { ClusterError } from '../port.ts';

/** What the operator gave the process: where credentials that nobody typed are found. */
export interface OperatorAccess {
  /** Address and folder of the service account, when the process runs in a cluster. */
  inCluster: { host: string; port: string; folder: string } | null;
  /** Path of the kubeconfig. */
  kubeconfig: string | null;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
/** Read once: the library would read it again for every request. */
const encodedFile = (path: string | undefined): string | undefined =>
  path ? readFileSync(path).toString('base64') : undefined;

function misconfigured(message: string, cause?: unknown): ClusterError {
  return Object.assign(new ClusterError('unauthorized', message), { cause });
}

function inCluster({ inCluster: found }: OperatorAccess): KubeConfig {
  if (!found) throw misconfigured('Pitwall does not run in a cluster: it finds no service account.');
  const host = found.host.includes(':') ? `[${found.host}]` : found.host;
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    {
      name: 'in-cluster',
      server: `https://${host}:${found.port}`,
      caData: encodedFile(`${found.folder}/ca.crt`),
      skipTLSVerify: false,
    },
    // The library reads it again when it is older than 60 s: such tokens rotate (deployment S-71).
    {
      name: 'in-cluster',
      authProvider: { name: 'tokenFile', config: { tokenFile: `${found.folder}/token` } },
    },
  );
  return config;
}

function fromFile({ kubeconfig }: OperatorAccess, context: string | null): KubeConfig {
  if (!kubeconfig) throw misconfigured('No kubeconfig was given to Pitwall: KUBECONFIG is not set.');
  const file = new KubeConfig();
  file.loadFromFile(kubeconfig);
  if (context !== null) file.setCurrentContext(context);
  const [cluster, user] = [file.getCurrentCluster(), file.getCurrentUser()];
  if (!cluster || !user)
    throw misconfigured(
      `The kubeconfig has no ${context === null ? 'current context' : `context ${context}`} with a cluster and a user.`,
    );
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { ...cluster, caData: encodedFile(cluster.caFile) ?? cluster.caData, caFile: undefined },
    {
      ...user,
      certData: encodedFile(user.certFile) ?? user.certData,
      certFile: undefined,
      keyData: encodedFile(user.keyFile) ?? user.keyData,
      keyFile: undefined,
    },
  );
  return config;
}

function given({ server, ca, skipTlsVerify, tlsServerName, user }: GivenAccess): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    {
      name: 'given',
      server: server.replace(/\/+$/, ''),
      skipTLSVerify: skipTlsVerify,
      ...(ca !== null && { caData: base64(ca) }),
      ...(tlsServerName !== null && { tlsServerName }),
    },
    {
      name: 'given',
      ...(user.token !== null && { token: user.token }),
      ...(user.clientCertificate !== null && { certData: base64(user.clientCertificate) }),
      ...(user.clientKey !== null && { keyData: base64(user.clientKey) }),
    },
  );
  return config;
}

/**
 * Makes the configuration of one cluster. Each has its own: the library keeps credentials by the name of a user.
 *
 * @throws ClusterError `unauthorized` in words, when there are no credentials to be had
 */
export function configOf(access: ClusterAccess, operator: OperatorAccess): KubeConfig {
  try {
    if (access.from === 'in-cluster') return inCluster(operator);
    if (access.from === 'kubeconfig') return fromFile(operator, access.context);
    return given(access);
  } catch (error) {
    if (error instanceof ClusterError) throw error;
    throw misconfigured('The credentials of the cluster could not be read.', error);
  }
}
