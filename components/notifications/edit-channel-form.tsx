'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { TextField } from '#components/ui/field.tsx';
import type { ChannelView } from '#lib/model/notification-channel.ts';
import { ChannelFields, settingsOf } from './channel-fields.tsx';

type UpdateChannel = BoundAction<
  { id: string; name: string; sendResolved: boolean; settings?: Record<string, unknown> },
  { id: string }
>;

/** Name and target of a channel. The target is typed anew or stays: what is stored is never shown. */
export function EditChannelForm(props: {
  channel: ChannelView;
  update: UpdateChannel;
  disabledReason: string | null;
}) {
  const { channel, update, disabledReason } = props;
  const router = useRouter();
  const [anew, setAnew] = useState(false);
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  const [saved, setSaved] = useState(false);
  const errorOf = (path: string) =>
    failure?.issues.find((issue) => issue.path === path || issue.path.startsWith(`${path}.`))?.message ??
    null;

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const result = await update({
      id: channel.id,
      name: String(form.get('name') ?? ''),
      sendResolved: form.get('sendResolved') === 'on',
      ...(anew && { settings: settingsOf(channel.kind, form) }),
    });
    setFailure(result.ok ? null : result.error);
    setSaved(result.ok);
    if (!result.ok) return;
    setAnew(false);
    router.refresh();
  }

  return (
    <Card label="Settings">
      <CardHeader title="Settings" />
      <form onSubmit={submit} className="flex max-w-xl flex-col gap-4 px-4 pb-4">
        <TextField
          label="Name"
          name="name"
          required
          maxLength={100}
          defaultValue={channel.name}
          error={errorOf('name')}
        />
        <label className="touch inline-flex items-center gap-2 text-sm">
          <input type="checkbox" name="sendResolved" defaultChecked={channel.sendResolved} />
          Also say when alerts end
        </label>
        {anew ? (
          <ChannelFields kind={channel.kind} errorOf={errorOf} />
        ) : (
          <p className="flex flex-wrap items-center gap-2 text-sm text-muted wrap-anywhere">
            Goes to {channel.target}
            <Button size="sm" disabledReason={disabledReason} onClick={() => setAnew(true)}>
              Enter anew
            </Button>
          </p>
        )}
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" variant="primary" disabledReason={disabledReason}>
            Save
          </Button>
          <p role="status" className="text-sm text-muted">
            {saved ? 'Saved.' : ''}
          </p>
          {failure && failure.issues.length === 0 && (
            <p role="alert" className="text-sm text-critical-text">
              {failure.message}
            </p>
          )}
        </div>
      </form>
    </Card>
  );
}
