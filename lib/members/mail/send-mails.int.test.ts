import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { mails } from '#db/schema/mails.ts';
import { createLog } from '#lib/kernel/log.ts';
import { createSmtpMailer } from '#lib/ports/mailer/smtp.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { type MailReceiver, startMailServer } from '#lib/testing/mail-server.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { enqueueMail } from './enqueue-mail.ts';
import { sendMails } from './send-mails.ts';

const sealer = createSecretBox('a secret key of more than 32 characters');
const HOUR_MS = 3_600_000;
let world: World;
let server: MailReceiver;
let mailer: ReturnType<typeof createSmtpMailer>;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  await world.db.delete(mails);
  server = await startMailServer();
  const { port } = server;
  mailer = createSmtpMailer(() => ({
    ...{ host: '127.0.0.1', port, tls: 'none', account: null, from: 'pitwall@example.test' },
  }));
});
afterEach(async () => {
  mailer.close();
  await server.close();
});
afterAll(() => world.close());

const order = (values: object = {}) => ({
  kind: 'password-reset' as const,
  to: 'ann@example.test',
  subject: 'Set a new password',
  text: 'Open https://pitwall.example.test/reset-password?token=canary-token',
  expiresAt: new Date(Date.now() + HOUR_MS),
  ...values,
});
const enqueue = (values: object = {}) =>
  world.db.transaction((tx) => enqueueMail(tx, sealer, order(values), new Date()));
const send = () => sendMails({ db: world.db, sealer, mailer, log: createLog('test', 'silent') });
const rows = () => world.db.select().from(mails);
const dueNow = () => world.db.update(mails).set({ nextAttemptAt: sql`now()` });

test('a mail leaves once, is stored sealed while it waits and is forgotten when it has gone', async () => {
  await enqueue();
  expect(JSON.stringify(await rows())).not.toContain('canary-token');
  await Promise.all([send(), send()]);
  await send();
  expect(server.received).toHaveLength(1);
  expect(server.received[0]).toMatchObject({ to: ['ann@example.test'] });
  expect(server.received[0]?.raw).toContain('canary-token');
  expect(server.received[0]?.raw).toMatch(/^Content-Type: text\/plain/m);
  expect(await rows()).toMatchObject([{ status: 'sent', sealedMessage: null, attempts: 1 }]);
});

test('a mail whose transaction was rolled back was never there', async () => {
  await world.db
    .transaction(async (tx) => {
      await enqueueMail(tx, sealer, order(), new Date());
      throw new Error('undone');
    })
    .catch(() => undefined);
  expect(await send()).toEqual({ done: 0, more: false });
});

test('a server that is away or busy is tried again later, one that refuses for good is not', async () => {
  await enqueue();
  server.refuse(451);
  await send();
  expect(await rows()).toMatchObject([{ status: 'queued', error: expect.stringContaining('not here') }]);
  expect(await send()).toMatchObject({ done: 0 });
  await dueNow();
  server.refuse(null);
  await send();
  expect(await rows()).toMatchObject([{ status: 'sent', attempts: 2, error: null }]);

  await enqueue({ to: 'gone@example.test' });
  server.refuse(550);
  await send();
  const [refused] = await world.db.select().from(mails).where(eq(mails.recipient, 'gone@example.test'));
  expect(refused).toMatchObject({ status: 'failed', sealedMessage: null });
});

test('a mail that a worker died with is sent by another; one whose link has ended is not', async () => {
  await enqueue();
  await world.db.update(mails).set({ attempts: 1, leaseUntil: sql`now() + interval '1 minute'` });
  expect(await send()).toMatchObject({ done: 0 });
  await world.db.update(mails).set({ leaseUntil: sql`now() - interval '1 second'` });
  await send();
  expect(server.received).toHaveLength(1);
  await enqueue({ expiresAt: new Date(Date.now() - 1000) });
  await send();
  expect(server.received).toHaveLength(1);
});

test('security O9: a line break in an address or a subject is refused before it is stored and before it is sent', async () => {
  const breaks = [
    { subject: 'Hello\r\nBcc: evil@example.test' },
    { subject: 'Hello\nX: y' },
    { to: 'ann@example.test\r\nBcc: evil@example.test' },
    { to: 'ann@example.test, evil@example.test' },
    { to: '"evil@example.test" <ann@example.test>' },
  ];
  for (const values of breaks) {
    await expect(enqueue(values)).rejects.toMatchObject({ name: 'ZodError' });
    const { to, subject, text } = order(values);
    expect(await mailer.send('id', { to, subject, text })).toMatchObject({ kind: 'refused' });
  }
  expect(await rows()).toEqual([]);
  expect(server.received).toEqual([]);
});
