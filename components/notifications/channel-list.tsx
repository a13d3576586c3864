import Link from 'next/link';
import { Ago } from '#components/ui/ago.tsx';
import { Card } from '#components/ui/card.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Badge } from '#components/ui/status.tsx';
import type { ChannelView } from '#lib/model/notification-channel.ts';
import { paths } from '#lib/model/paths.ts';
import { channelLook, KIND_WORDS } from './channel-words.ts';

function ChannelRow({ channel, renderedAtMs }: { channel: ChannelView; renderedAtMs: number }) {
  const { tone, word } = channelLook(channel);
  return (
    <li className="border-t border-line first:border-t-0">
      <Link
        href={paths.notificationChannel(channel.id)}
        className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm hover:bg-hover focus-visible:-outline-offset-2"
      >
        <span className="min-w-0 flex-1 basis-full sm:basis-48">
          <span className="font-medium wrap-anywhere">{channel.name}</span>
          <span className="block text-xs text-muted wrap-anywhere">
            {KIND_WORDS[channel.kind]} · {channel.target}
          </span>
          {channel.status === 'broken' && (
            <span className="block text-xs text-critical-text wrap-anywhere">{channel.statusReason}</span>
          )}
        </span>
        <span className="text-xs text-muted sm:w-44">
          {channel.lastSentAt === null ? (
            'Nothing arrived yet'
          ) : (
            <>
              Last arrived <Ago atMs={channel.lastSentAt} renderedAtMs={renderedAtMs} />
            </>
          )}
        </span>
        <span className="ml-auto text-right sm:w-20">
          <Badge tone={tone}>{word}</Badge>
        </span>
      </Link>
    </li>
  );
}

/** The channels of the team with their state. */
export function ChannelList(props: { channels: readonly ChannelView[]; renderedAtMs: number }) {
  if (props.channels.length === 0) {
    return (
      <StateMessage kind="empty" title="No channels yet" compact>
        Alerts are shown in the inbox. Add a channel to hear of them elsewhere.
      </StateMessage>
    );
  }
  return (
    <Card label="Channels" className="overflow-hidden">
      <ul>
        {props.channels.map((channel) => (
          <ChannelRow key={channel.id} channel={channel} renderedAtMs={props.renderedAtMs} />
        ))}
      </ul>
    </Card>
  );
}
