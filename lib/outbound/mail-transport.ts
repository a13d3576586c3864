import nodemailer, { type SendMailOptions } from 'nodemailer';
import type { MailServer } from '#lib/model/installation-settings.ts';

/** The mail server to use now; it may be another one for the next mail. */
export type MailSource = () => MailServer | null | Promise<MailServer | null>;

/** A mail as the library takes it, once it is known which server it leaves through. */
type MakeMail = (server: MailServer) => SendMailOptions;

export interface MailTransport {
  /**
   * Sends once.
   *
   * @returns the id that the mail has; null: no mail server is set up
   * @throws what `judgeMailError` reads
   */
  send(make: MakeMail): Promise<string | null>;
  close(): void;
}

/** Milliseconds a mail server has for the connection, its greeting and each answer. */
const PATIENCE_MS = 10_000;

function connect({ host, port, tls, account }: MailServer, connections: number) {
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

/** A connection pool to whichever mail server the settings name; it reads no files and no addresses. */
export function openMailTransport(source: MailSource, connections: number): MailTransport {
  let open: { key: string; pool: ReturnType<typeof connect> } | null = null;

  function poolTo(server: MailServer) {
    const key = JSON.stringify(server);
    if (open?.key !== key) {
      open?.pool.close();
      open = { key, pool: connect(server, connections) };
    }
    return open.pool;
  }

  return {
    async send(make) {
      const server = await source();
      return server && (await poolTo(server).sendMail(make(server))).messageId;
    },
    close() {
      open?.pool.close();
      open = null;
    },
  };
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
