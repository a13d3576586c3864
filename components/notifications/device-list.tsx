'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { forgetBrowser } from '#components/push/subscription.ts';
import { Ago } from '#components/ui/ago.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { deviceWords } from '#lib/model/device-words.ts';
import type { DeviceView } from '#lib/model/notification-view.ts';
import { paths } from '#lib/model/paths.ts';
import { subscribeThisBrowser } from './subscribe.ts';

interface DeviceListProps {
  devices: readonly DeviceView[];
  /** Null: web push is not set up here. */
  publicKey: string | null;
  register: BoundAction<
    { endpoint: string; p256dh: string; auth: string; userAgent: string },
    { id: string }
  >;
  remove: BoundAction<{ id: string }, { id: string }>;
  test: BoundAction<Record<string, never>, { deliveryId: string }>;
  renderedAtMs: number;
}

/** The browsers of a person that take web push; this one can be added, each can be removed. */
export function DeviceList({ devices, publicKey, register, remove, test, renderedAtMs }: DeviceListProps) {
  const router = useRouter();
  const [words, setWords] = useState<string | null>(null);
  const [pending, setPending] = useState(false);

  async function run(work: () => Promise<string | null>): Promise<void> {
    setPending(true);
    setWords(await work().catch(() => 'This browser did not allow it.'));
    setPending(false);
    router.refresh();
  }
  const add = () =>
    run(async () => {
      const subscription = await subscribeThisBrowser(publicKey ?? '');
      if (typeof subscription === 'string') return subscription;
      const result = await register(subscription);
      return result.ok ? null : result.error.message;
    });
  const tryAll = () =>
    run(async () => {
      const result = await test({});
      if (result.ok) router.push(paths.delivery(result.data.deliveryId));
      return result.ok ? null : result.error.message;
    });
  const forget = (id: string) =>
    run(async () => {
      const result = await remove({ id });
      if (result.ok) await forgetBrowser(id);
      return result.ok ? null : result.error.message;
    });

  return (
    <Card label="Your devices" className="max-w-3xl overflow-hidden">
      <CardHeader title="Your devices">
        <Button
          size="sm"
          onClick={tryAll}
          disabledReason={devices.length === 0 ? 'There is no device to try.' : null}
        >
          Send a test
        </Button>
        <Button
          size="sm"
          variant="primary"
          pending={pending}
          onClick={add}
          disabledReason={publicKey === null ? 'Web push is not set up here (VAPID_PUBLIC_KEY).' : null}
        >
          Notify this browser
        </Button>
      </CardHeader>
      {words !== null && (
        <p role="alert" className="px-4 pb-2 text-sm text-critical-text">
          {words}
        </p>
      )}
      {devices.length === 0 && (
        <div className="px-4 pb-4">
          <StateMessage kind="empty" title="No reachable device" compact>
            On a phone: add Pitwall to the home screen first, then switch notifications on there.
          </StateMessage>
        </div>
      )}
      <ul>
        {devices.map((device) => (
          <li
            key={device.id}
            className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2.5 text-sm"
          >
            <span className="min-w-0 flex-1 basis-48 wrap-anywhere">
              {deviceWords(device.userAgent)}
              <span className="block text-xs text-muted">{device.service}</span>
            </span>
            <span className="text-xs text-muted">
              Seen <Ago atMs={device.lastSeenAt} renderedAtMs={renderedAtMs} />
            </span>
            <Button size="sm" variant="danger" onClick={() => forget(device.id)}>
              Remove
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
