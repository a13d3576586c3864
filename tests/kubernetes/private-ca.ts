import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];

export interface ServerCertificate {
  /** The CA's certificate, as clients are given it. */
  ca: string;
  cert: string;
  key: string;
}

/** A certificate authority of its own, and a certificate by it for a name (`IP:127.0.0.1`, `DNS:other`). */
export function makeServerCertificate(subjectAltName: string): ServerCertificate {
  const folder = mkdtempSync(join(tmpdir(), 'ca-'));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) =>
    execFileSync('openssl', ['req', '-x509', ...KEY, ...args], { stdio: 'ignore' });
  try {
    openssl('-subj', '/CN=kubernetes-test-ca', '-keyout', file('ca.key'), '-out', file('ca.pem'));
    openssl(
      ...['-subj', '/CN=kube-apiserver', '-CA', file('ca.pem'), '-CAkey', file('ca.key')],
      ...['-addext', `subjectAltName=${subjectAltName}`, '-addext', 'basicConstraints=critical,CA:FALSE'],
      ...['-keyout', file('server.key'), '-out', file('server.pem')],
    );
    const read = (name: string) => readFileSync(file(name), 'utf8');
    return { ca: read('ca.pem'), cert: read('server.pem'), key: read('server.key') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
