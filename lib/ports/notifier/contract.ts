import { afterAll, expect, test } from 'vitest';
import type { ChannelKind } from '#lib/model/alert.ts';
import type { NotifierTargets } from '#lib/model/notification-channel.ts';
import type { Delivery, Notifier } from './port.ts';

/** What a real receiver did with an attempt. */
export type Mood = 'takes' | 'refuses' | 'is-busy' | 'is-away';

/** An adapter with a real receiver at its other end. */
export interface NotifierHarness<K extends ChannelKind> {
  notifier: Notifier<K>;
  target: NotifierTargets[K];
  /** How the receiver acts from now on. */
  be(mood: Mood): void;
  /** Everything that the receiver was sent, readable. */
  seen(): string[];
  close(): Promise<void>;
}

/** A message as it is sent, with text that tries to break out of every form. */
export function hostileDelivery(): Delivery {
  return {
    id: '019a0000-0000-7000-8000-00000000000a',
    dedupKey: 'd'.repeat(64),
    topic: '019a0000-0000-7000-8000-00000000000b',
    atMs: Date.UTC(2026, 10, 23),
    ttlSeconds: 60,
    message: {
      title: 'p95 <script>alert(1)</script> "{{x}}" \r\nBcc: evil@example.test \ud800',
      text: '<img src=x onerror=alert(1)> [a](javascript:alert(1)) & <!channel> *b*',
      severity: 'critical',
      status: 'firing',
      alerts: [
        {
          id: '019a0000-0000-7000-8000-00000000000b',
          title: '<b>bold</b>',
          severity: 'critical',
          status: 'active',
          url: 'javascript:alert(1)',
          startsAt: '2026-11-23T00:00:00.000Z',
          value: 12,
        },
      ],
      alertCount: 1,
      resolvedIds: [],
      links: { view: 'https://pitwall.example/alerts/1', ack: null, runbook: 'javascript:alert(1)' },
      reason: 'first',
      groupLabels: {},
    },
  };
}

/** What every notifier promises; run once for each implementation. */
export function notifierContract<K extends ChannelKind>(
  kind: K,
  start: () => Promise<NotifierHarness<K>>,
): void {
  let harness: NotifierHarness<K> | undefined;
  const ready = async () => (harness ??= await start());
  const send = async (mood: Mood) => {
    const { notifier, target, be } = await ready();
    be(mood);
    return notifier.send(target, hostileDelivery(), AbortSignal.timeout(5000));
  };
  afterAll(() => harness?.close());

  test(`alerting S91: ${kind} says sent only when the receiver did`, async () => {
    expect(['sent', 'delivered']).toContain((await send('takes')).kind);
    expect(await send('refuses')).toMatchObject({ kind: 'refused', error: expect.stringMatching(/\S/) });
  });

  test(`alerting S90: ${kind} tries again what a busy or absent receiver did not take`, async () => {
    expect((await send('is-busy')).kind).toBe('retry');
    expect((await send('is-away')).kind).toBe('retry');
  });

  test(`security N7, O9: ${kind} makes no header and no link of foreign text`, async () => {
    await send('takes');
    const { seen } = await ready();
    const text = seen().at(-1) ?? '';
    const [head = ''] = text.split(/\r?\n\r?\n/);
    expect(head).not.toMatch(/^Bcc:/m);
    expect(text).not.toContain('"url":"javascript:');
    expect(text).not.toMatch(/href="?javascript:/);
  });
}
