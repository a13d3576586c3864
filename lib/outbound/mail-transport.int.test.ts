import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MailServer } from '#lib/model/installation-settings.ts';
import { type MailReceiver, startMailServer } from '#lib/testing/mail-server.ts';
import { judgeMailError, openMailTransport } from './mail-transport.ts';

let [first, second]: MailReceiver[] = [];
beforeAll(async () => {
  [first, second] = await Promise.all([startMailServer(), startMailServer()]);
});
afterAll(() => Promise.all([first?.close(), second?.close()]));

const at = (server: MailReceiver | undefined): MailServer => ({
  host: '127.0.0.1',
  port: server?.port ?? 0,
  tls: 'none',
  account: null,
  from: 'pitwall@example.test',
});
const mail = ({ from }: MailServer) => ({ from, to: 'ada@example.test', subject: 'hello', text: 'hello' });

test('the next mail leaves through the server that the settings name by then', async () => {
  let server: MailServer | null = at(first);
  const transport = openMailTransport(() => server, 1);
  await transport.send(mail);
  server = at(second);
  await transport.send(mail);
  server = null;
  expect(await transport.send(mail)).toBeNull();
  expect([first?.received.length, second?.received.length]).toEqual([1, 1]);
  transport.close();
});

test('what a mail server refuses is told in its own words', async () => {
  first?.refuse(550);
  const transport = openMailTransport(() => at(first), 1);
  const error = await transport.send(mail).catch((thrown: unknown) => thrown);
  expect(judgeMailError(error)).toEqual({ permanent: true, words: expect.stringContaining('not here') });
  transport.close();
});
