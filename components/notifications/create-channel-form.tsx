'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Select, TextField } from '#components/ui/field.tsx';
import type { TeamChannelKind } from '#lib/model/notification-channel.ts';
import { ChannelFields, settingsOf } from './channel-fields.tsx';
import { KIND_WORDS } from './channel-words.ts';
import { SecretOnce } from './secret-once.tsx';

export type CreateChannel = BoundAction<
  { name: string; kind: TeamChannelKind; sendResolved: boolean; settings: Record<string, unknown> },
  { id: string; signingSecret: string | null }
>;

const KINDS: readonly TeamChannelKind[] = ['slack', 'email', 'teams', 'pagerduty', 'webhook'];

/** Makes a channel; the signing key of a webhook is shown once. */
export function CreateChannelForm({
  create,
  emailNotice,
  disabledReason,
}: {
  create: CreateChannel;
  /** What is to be known before an e-mail channel is made. */
  emailNotice: ReactNode;
  disabledReason: string | null;
}) {
  const router = useRouter();
  const [kind, setKind] = useState<TeamChannelKind>('slack');
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  const [pending, setPending] = useState(false);
  const [made, setMade] = useState<{ name: string; secret: string } | null>(null);
  const errorOf = (path: string) =>
    failure?.issues.find((issue) => issue.path === path || issue.path.startsWith(`${path}.`))?.message ??
    null;

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const element = event.currentTarget;
    const form = new FormData(element);
    const name = String(form.get('name') ?? '');
    setPending(true);
    const result = await create({
      name,
      kind,
      sendResolved: form.get('sendResolved') === 'on',
      settings: settingsOf(kind, form),
    });
    setPending(false);
    setFailure(result.ok ? null : result.error);
    if (!result.ok) return;
    const { signingSecret } = result.data;
    setMade(signingSecret === null ? null : { name: name.trim(), secret: signingSecret });
    element.reset();
    router.refresh();
  }

  if (made !== null)
    return (
      <Card label="New channel">
        <CardHeader title="New channel" />
        <div className="px-4 pb-4">
          <SecretOnce secret={made.secret} channel={made.name} onDone={() => setMade(null)} />
        </div>
      </Card>
    );
  return (
    <Card label="New channel">
      <CardHeader title="New channel" />
      <form onSubmit={submit} className="flex max-w-xl flex-col gap-4 px-4 pb-4">
        <div className="flex flex-col gap-1.5">
          <span className="text-sm font-medium">Kind</span>
          <Select
            label="Kind"
            value={kind}
            onChange={(event) =>
              setKind(KINDS.find((value) => value === event.currentTarget.value) ?? 'slack')
            }
          >
            {KINDS.map((value) => (
              <option key={value} value={value}>
                {KIND_WORDS[value]}
              </option>
            ))}
          </Select>
        </div>
        <TextField label="Name" name="name" required maxLength={100} error={errorOf('name')} />
        {kind === 'email' && emailNotice}
        <ChannelFields key={kind} kind={kind} errorOf={errorOf} />
        <label className="touch inline-flex items-center gap-2 text-sm">
          <input type="checkbox" name="sendResolved" defaultChecked />
          Also say when alerts end
        </label>
        {failure && failure.issues.length === 0 && (
          <p role="alert" className="text-sm text-critical-text">
            {failure.message}
          </p>
        )}
        <div>
          <Button type="submit" variant="primary" pending={pending} disabledReason={disabledReason}>
            Add channel
          </Button>
        </div>
      </form>
    </Card>
  );
}
