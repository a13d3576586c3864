/** How a cluster is reached and who we are there. Explicit for each: nothing is looked for (deployment S-70). */
export type ClusterAccess =
  /** The cluster that Pitwall itself runs in, with the credentials of its pods. */
  | { from: 'in-cluster' }
  /** A context of the file that the operator named in KUBECONFIG; null is its current one. */
  | { from: 'kubeconfig'; context: string | null }
  /** An address and credentials that somebody gave. */
  | ({ from: 'given' } & GivenAccess);

export interface GivenAccess {
  /** Of the API server, as `https://10.0.0.1:6443`. */
  server: string;
  /** PEM of the authorities that may vouch for it; null: those that the system trusts. */
  ca: string | null;
  /** Whoever answers is believed: only behind a visible warning (deployment S-72). */
  skipTlsVerify: boolean;
  /** The name that its certificate must have, where it is not that of the address. */
  tlsServerName: string | null;
  user: ClusterUser;
}

/** PEMs and secrets in clear: sealed wherever they are kept. */
export interface ClusterUser {
  token: string | null;
  clientCertificate: string | null;
  clientKey: string | null;
}
