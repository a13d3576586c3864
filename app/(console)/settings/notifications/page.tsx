import type { Metadata } from 'next';
import { NoMailServer } from '#components/installation/no-mail-server.tsx';
import { ChannelList } from '#components/notifications/channel-list.tsx';
import { CreateChannelForm } from '#components/notifications/create-channel-form.tsx';
import { SectionTabs } from '#components/notifications/section-tabs.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { paths } from '#lib/model/paths.ts';
import { listChannels } from '#lib/notifications/channels/queries.ts';
import { sendsMail } from '#lib/web/sends-mail.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { createChannel } from './actions.ts';

export const metadata: Metadata = { title: 'Notification channels' };

/** The first names, and how many more there are. */
function names(channels: readonly { name: string }[]): string {
  const shown = channels.slice(0, 3).map(({ name }) => name);
  const more = channels.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

export default async function ChannelsPage() {
  const { permissions } = await requireActor(paths.notifications());
  const [{ items }, hasMail] = await Promise.all([read(listChannels, {}), sendsMail()]);
  const broken = items.filter(({ status }) => status === 'broken');
  const others = items.filter(({ status }) => status !== 'broken');
  const may = permissions.has('notification-channels:manage');
  const noMail = hasMail ? null : <NoMailServer maySetUp={permissions.has('installation:update')} />;
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Notifications">
        {broken.length > 0
          ? `${broken.length} of ${items.length} channels ${broken.length === 1 ? 'is' : 'are'} broken: ${names(broken)}.`
          : 'Where alerts go besides the inbox. Routes decide which alerts go where.'}
      </PageHeader>
      <SectionTabs current="channels" />
      {items.some(({ kind }) => kind === 'email') && noMail}
      <ChannelList channels={[...broken, ...others]} renderedAtMs={Date.now()} />
      <CreateChannelForm
        create={createChannel}
        emailNotice={noMail}
        disabledReason={may ? null : 'Developers and admins set up channels.'}
      />
    </div>
  );
}
