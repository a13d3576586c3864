import type { Metadata } from 'next';
import { SilenceForm } from '#components/alert-routing/silence-form.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { knownLabels } from '#lib/alerts/quiet/matching-alerts.ts';
import { formatUtc } from '#lib/model/format.ts';
import type { SilenceView } from '#lib/model/mute.ts';
import { paths } from '#lib/model/paths.ts';
import { writeSpan } from '#lib/model/span.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { records } from '../../../records.ts';
import { matchingAlerts, updateSilence } from '../actions.ts';

export const metadata: Metadata = { title: 'Silence' };

/** What the form starts with: what is left of a silence, and all of its length for one that has ended. */
function startOf({ matchers, comment, startsAt, endsAt, state }: SilenceView) {
  const leftMs = state === 'active' ? endsAt - Date.now() : endsAt - startsAt;
  const span = writeSpan(Math.max(60, Math.round(leftMs / 60_000) * 60));
  return { matchers, comment, span, startsAt: state === 'pending' ? startsAt : null };
}

const WORDS = {
  active: 'Other times keep it; other conditions end it and make a new one, so that its history stays true.',
  pending: 'It has not begun yet.',
  expired: 'It has ended: saving makes a new one like it.',
} as const;

export default async function SilencePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { permissions } = await requireActor(paths.silence(id));
  const silence = await records.silence(id);
  if (!permissions.has('alerts:mute'))
    return (
      <StateMessage kind="no-permission" title="Your role may not change silences">
        Developers and admins of your team may.
      </StateMessage>
    );
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title={silence.state === 'expired' ? 'Silence again' : 'Edit silence'}>
        Made by {silence.createdBy}; {silence.state === 'expired' ? 'ended' : 'ends'}{' '}
        {formatUtc(silence.endsAt)}. {WORDS[silence.state]}
      </PageHeader>
      <SilenceForm
        isNew={silence.state === 'expired'}
        start={startOf(silence)}
        known={await read(knownLabels, {})}
        saving={{ update: updateSilence, kept: { id } }}
        ask={matchingAlerts}
      />
    </div>
  );
}
