import type { Metadata } from 'next';
import { NoMailServer } from '#components/installation/no-mail-server.tsx';
import { ChannelActions } from '#components/notifications/channel-actions.tsx';
import { KIND_WORDS } from '#components/notifications/channel-words.ts';
import { DeliveryList } from '#components/notifications/delivery-list.tsx';
import { EditChannelForm } from '#components/notifications/edit-channel-form.tsx';
import { SectionTabs } from '#components/notifications/section-tabs.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { formatUtc } from '#lib/model/format.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { listDeliveries } from '#lib/notifications/delivery-queries.ts';
import { sendsMail } from '#lib/web/sends-mail.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { records } from '../../../records.ts';
import { deleteChannel, rotateSigningSecret, testChannel, updateChannel } from '../actions.ts';

export const metadata: Metadata = { title: 'Channel' };

/** Words of a receiver end as they like. */
const sentence = (words: string) => (words === '' || /[.!?…]$/.test(words) ? words : `${words}.`);

export default async function ChannelPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { permissions } = await requireActor(paths.notificationChannel(id));
  const channel = await records.channel(id);
  const { items } = await read(listDeliveries, { channelId: id });
  const reason = permissions.has('notification-channels:manage')
    ? null
    : 'Developers and admins change channels.';
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <PageHeader title={channel.name}>
        {KIND_WORDS[channel.kind]}
        {channel.formerSecretUntil !== null &&
          ` · the former signing key counts until ${formatUtc(channel.formerSecretUntil)}`}
      </PageHeader>
      <SectionTabs current="channels" />
      {channel.kind === 'email' && !(await sendsMail()) && (
        <NoMailServer maySetUp={permissions.has('installation:update')} />
      )}
      {channel.status === 'broken' && (
        <StateMessage kind="error" title="This channel is broken" compact>
          {sentence(channel.statusReason)} It is still tried and counts as well again as soon as something
          arrives. What was routed to it alone goes to the fallback.
        </StateMessage>
      )}
      <ChannelActions
        channel={channel}
        test={testChannel}
        rotate={rotateSigningSecret}
        remove={deleteChannel}
        disabledReason={reason}
        proveAgain={withQuery(paths.signIn(), { again: 1, callbackUrl: paths.notificationChannel(id) })}
      />
      <EditChannelForm channel={channel} update={updateChannel} disabledReason={reason} />
      <DeliveryList rows={items} renderedAtMs={Date.now()} />
    </div>
  );
}
