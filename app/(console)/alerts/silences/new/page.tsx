import type { Metadata } from 'next';
import { SilenceForm } from '#components/alert-routing/silence-form.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { knownLabels } from '#lib/alerts/quiet/matching-alerts.ts';
import type { LabelMatcher } from '#lib/model/alert.ts';
import { parseMatcher } from '#lib/model/label-matcher.ts';
import { paths } from '#lib/model/paths.ts';
import { read, requireActor } from '#lib/web/session.ts';
import { createSilence, matchingAlerts } from '../actions.ts';

export const metadata: Metadata = { title: 'New silence' };

type Search = Promise<Record<string, string | string[] | undefined>>;

/** `matcher` may be given again and again, as Alertmanager writes it. */
function matchersOf(given: string | string[] | undefined): LabelMatcher[] {
  const texts = given === undefined ? [] : [given].flat();
  const found = texts.map(parseMatcher).filter((matcher) => matcher !== null);
  return found.length === 0 ? [{ name: 'alertname', operator: '=', value: '' }] : found;
}

export default async function NewSilencePage({ searchParams }: { searchParams: Search }) {
  const { permissions } = await requireActor(paths.newSilence());
  const { matcher } = await searchParams;
  if (!permissions.has('alerts:mute'))
    return (
      <StateMessage kind="no-permission" title="Your role may not silence alerts">
        Developers and admins of your team may.
      </StateMessage>
    );
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="New silence">
        Alerts that it matches stay in the inbox; nobody is told of them until it ends.
      </PageHeader>
      <SilenceForm
        isNew
        start={{ matchers: matchersOf(matcher), comment: '', span: '4h', startsAt: null }}
        known={await read(knownLabels, {})}
        saving={{ create: createSilence }}
        ask={matchingAlerts}
      />
    </div>
  );
}
