import type { Metadata } from 'next';
import { AlertSections } from '#components/alerts/detail/alert-sections.tsx';
import { Inbox } from '#components/alerts/inbox/inbox.tsx';
import { filterOfSearch, listQuery } from '#components/alerts/inbox/inbox-filter.ts';
import { refusalsOf } from '#components/alerts/refusals.ts';
import { StateMessage } from '#components/ui/states.tsx';
import { countAlerts, listAlerts } from '#lib/alerts/inbox-queries.ts';
import { alertListSchema } from '#lib/model/alert-view.ts';
import { read, requireActor } from '#lib/web/session.ts';

export const metadata: Metadata = { title: 'Alerts' };

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function AlertsPage({ searchParams }: { searchParams: Search }) {
  const [{ permissions }, search] = await Promise.all([requireActor(), searchParams]);
  if (!permissions.has('alerts:read'))
    return (
      <StateMessage kind="no-permission" title="Your role may not see alerts">
        Ask an admin of your team.
      </StateMessage>
    );
  const get = (name: string) => {
    const value = search[name];
    return typeof value === 'string' ? value : null;
  };
  const given = Object.entries(listQuery(filterOfSearch({ get }))).filter(([, value]) => value !== '');
  const [page, counts] = await Promise.all([
    read(listAlerts, alertListSchema.parse(Object.fromEntries(given))),
    read(countAlerts, {}),
  ]);
  return (
    <div className="flex flex-col gap-3">
      <AlertSections />
      <Inbox start={{ ...page, counts }} refusals={refusalsOf(permissions)} renderedAtMs={Date.now()} />
    </div>
  );
}
