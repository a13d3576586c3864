import type { Metadata } from 'next';
import { AlertSections } from '#components/alerts/detail/alert-sections.tsx';
import { StatsView } from '#components/alerts/stats/stats-view.tsx';
import { readAlertStats } from '#lib/alerts/stats.ts';
import { read } from '#lib/web/session.ts';

export const metadata: Metadata = { title: 'Alert statistics' };

type Search = Promise<Record<string, string | string[] | undefined>>;

const CHOICES = [7, 30, 90] as const;

export default async function AlertStatsPage({ searchParams }: { searchParams: Search }) {
  const asked = Number((await searchParams).days);
  const days = CHOICES.find((choice) => choice === asked) ?? 30;
  const stats = await read(readAlertStats, { days });
  return (
    <div className="flex flex-col gap-3">
      <AlertSections />
      <StatsView stats={stats} days={days} choices={CHOICES} renderedAtMs={Date.now()} />
    </div>
  );
}
