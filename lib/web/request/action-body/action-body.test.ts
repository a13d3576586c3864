import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { checkActionBody, settleActionBody } from './action-body.ts';

const TEXT = 'text/plain;charset=UTF-8';
/** As long as browsers make it. */
const BOUNDARY = '----WebKitFormBoundary0123456789abcdef';
const FORM = `multipart/form-data; boundary=${BOUNDARY}`;

function form(parts: Record<string, string>): Buffer {
  const text = Object.entries(parts).map(
    ([name, value]) => `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return Buffer.from(`${text.join('')}--${BOUNDARY}--\r\n`);
}
const call = (text: string) => checkActionBody(TEXT, Buffer.from(text), true);
const refused = { code: 'invalid' };

test.each([
  '[]',
  '[{"id":"a","note":"$$5 a run","at":"$D2026-11-28T10:00:00.000Z","none":"$undefined"}]',
  '[null,{"nan":"$NaN","big":"$n123","minus":"$-0"}]',
  '[{"a":{"list":[1]},"again":"$0:0:a:list"}]',
])('what pages of ours send to an action passes: %s', async (text) => {
  await call(text);
});

test('forms of ours pass, sent by a script and without one', async () => {
  await checkActionBody(
    FORM,
    form({ 0: '[null,"$K1"]', _1_$ACTION_KEY: 'k', _1_email: 'a', _1_password: '$b' }),
    true,
  );
  const bound = { '$ACTION_1:0': '{"id":"60aa","bound":"$@1"}', '$ACTION_1:1': '[{"ok":true}]' };
  await checkActionBody(FORM, form({ $ACTION_REF_1: '', ...bound, $ACTION_KEY: 'k', email: '$F1' }), false);
});

test('security N4: a form with anything before its first boundary is refused', async () => {
  const whole = form({ 0: '[]' });
  await checkActionBody(FORM, whole, true);
  for (const before of ['x', '\r\n', 'a preamble\r\n', '--', '-'])
    await expect(
      checkActionBody(FORM, Buffer.concat([Buffer.from(before), whole]), true),
    ).rejects.toMatchObject(refused);
});

test.each([
  'content-disposition: form-data; name=ef\r\ncontent-disposition: form-data; name="0"',
  'content-disposition: form-data; name="0"\r\ncontent-disposition: form-data; name="ef"',
  'content-disposition: form-data; name=0',
  'content-type: text/plain\r\ncontent-disposition: form-data; name="0"',
  'content-disposition: form-data; name="0"; name="ef"',
])('security N4: a part that parsers would call by different names is refused: %j', async (head) => {
  const body = `--${BOUNDARY}\r\n${head}\r\n\r\n[]\r\n--${BOUNDARY}--\r\n`;
  await expect(checkActionBody(FORM, Buffer.from(body), true)).rejects.toMatchObject(refused);
});

const broken: [name: string, text: string][] = [
  ['a reference to a function', '["$F1"]'],
  ['a chunk that never comes', '["$@1"]'],
  ['a way through the prototype', '["$1:__proto__:then"]'],
  ['a repeated object that is not there', '[{"a":"$0:0:b"}]'],
  ['a repeated object by way of the prototype', '[{"a":"$0:0:constructor"}]'],
  ['a map', '["$Q1"]'],
  ['a date that is none', '["$Dnope"]'],
  ['a number without end', `["$n${'9'.repeat(5000)}"]`],
  ['a form that is not there', '["$K1"]'],
  ['no list', '{"then":"$1:then"}'],
  ['many arguments', '[1,2,3,4,5,6,7,8,9]'],
  ['deep nesting', `${'['.repeat(5000)}${']'.repeat(5000)}`],
  ['a key called __proto__', '[{"__proto__":{"a":1}}]'],
  ['nothing', ''],
  ['half of it', '[{"a":'],
];
test.each(broken)('security N4: %s in a call is refused before it is followed', async (_name, text) => {
  await expect(call(text)).rejects.toMatchObject(refused);
  await expect(checkActionBody(FORM, form({ 0: text }), true)).rejects.toMatchObject(refused);
});

test('security N4: bytes that are no text, forms that are none and other types are refused', async () => {
  await expect(checkActionBody(TEXT, Buffer.from([0x5b, 0xff, 0x5d]), true)).rejects.toMatchObject(refused);
  const bad: [string, Buffer][] = [
    [FORM, Buffer.from(`-=${BOUNDARY}\r\nnothing`)],
    ['multipart/form-data', form({ 0: '[]' })],
    [FORM, form({ 0: '[]', _1: 'x' })],
    [FORM, form({ 0: '["$K1"]', '1_email': 'a' })],
    [FORM, form({ 1: '[]' })],
    ['application/json', Buffer.from('[]')],
    ['', Buffer.from('[]')],
  ];
  for (const [type, body] of bad)
    await expect(checkActionBody(type, body, true)).rejects.toMatchObject(refused);
  const unbound = form({ $ACTION_REF_0: '', '$ACTION_0:0': '{"id":"x","bound":"$F1"}' });
  await expect(checkActionBody(FORM, unbound, false)).rejects.toMatchObject(refused);
  await expect(checkActionBody(FORM, form({ $ACTION_REF_0: '' }), false)).rejects.toMatchObject(refused);
});

/** A request whose body comes in pieces. */
function request(pieces: string[], headers: Record<string, string>, url = '/overview'): IncomingMessage {
  const stream = Readable.from(pieces.map((piece) => Buffer.from(piece)));
  return Object.assign(stream, { method: 'POST', url, headers }) as unknown as IncomingMessage;
}

test('security N4: a body is looked at within its limit, and read again by whoever comes after', async () => {
  const headers = { 'next-action': 'x', 'content-type': TEXT, 'content-length': '9' };
  const whole = request(['[{"a"', ':1}', ']'], headers);
  await settleActionBody(whole);
  let text = '';
  for await (const chunk of whole) text += chunk;
  expect(text).toBe('[{"a":1}]');
  const large = { ...headers, 'content-length': String(300 * 1024) };
  await expect(settleActionBody(request(['[]'], large))).rejects.toMatchObject({ code: 'too_large' });
  const { 'content-length': _, ...endless } = headers;
  await expect(settleActionBody(request(['[]'], endless))).rejects.toMatchObject(refused);
  await expect(settleActionBody(request(['[]'], headers))).rejects.toMatchObject(refused);
});

test('a body that trickles in leaves nobody waiting for more of it', async () => {
  async function* trickle() {
    for (const piece of ['["', ...'a'.repeat(40), '"]']) {
      yield Buffer.from(piece);
      await setImmediate();
    }
  }
  const headers = { 'next-action': 'x', 'content-type': TEXT, 'content-length': '44' };
  const stream = Readable.from(trickle(), { objectMode: false, highWaterMark: 1 });
  const sent = Object.assign(stream, { method: 'POST', url: '/', headers }) as unknown as IncomingMessage;
  let most = 0;
  sent.on('newListener', () => {
    most = Math.max(most, sent.listenerCount('close'));
  });
  await settleActionBody(sent);
  expect(most).toBeLessThan(2);
});

test('what machines send below /api and /scim is left to the doors there', async () => {
  for (const url of ['/api/v1/agents', '/scim/v2/Users']) {
    const sent = request(['{}'], { 'content-type': 'application/scim+json' }, url);
    await settleActionBody(sent);
    expect(sent.read()?.toString()).toBe('{}');
  }
  await expect(settleActionBody(request(['{}'], {}, '/scimitar'))).rejects.toMatchObject(refused);
});
