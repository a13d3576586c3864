import nodemailer from 'nodemailer';

/** The mail server that messages leave through. */
export interface MailServer {
  host: string;
  port: number;
  tls: 'starttls' | 'implicit' | 'none';
  account: { user: string; password: string } | null;
  from: string;
}

/** Milliseconds a mail server has for the connection, its greeting and each answer. */
const PATIENCE_MS = 10_000;

/** A connection pool to the mail server; it reads no files and no addresses. */
export function openMailTransport({ host, port, tls, account }: MailServer, connections: number) {
  return nodemailer.createTransport({
    pool: true,
    maxConnections: connections,
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    ...(account && { auth: { user: account.user, pass: account.password } }),
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** What a failed attempt means: `permanent` ones fail again in the same way. */
export function judgeMailError(error: unknown): { permanent: boolean; words: string } {
  const { responseCode, code, response } = error as {
    responseCode?: number;
    code?: string;
    response?: string;
  };
  const words = (response ?? (error instanceof Error ? error.message : 'unknown')).slice(0, 200);
  return { permanent: responseCode !== undefined ? responseCode >= 500 : code === 'EENVELOPE', words };
}
