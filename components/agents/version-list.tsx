import Link from 'next/link';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Moment } from '#components/ui/moment.tsx';
import type { VersionMoment } from './version-markers.ts';

/** Earlier ones stand in the history of deployments. */
const LISTED = 8;

/** What the charts mark, as a list: for who cannot point at a line, and as the way to what did it. */
export function VersionList({ moments }: { moments: readonly VersionMoment[] }) {
  if (moments.length === 0) return null;
  const latest = [...moments].sort((a, b) => b.atMs - a.atMs);
  return (
    <Card label="Changes of version">
      <CardHeader title="Changes of version" hint="marked on the charts" />
      <ol className="px-4 pb-2 text-sm">
        {latest.slice(0, LISTED).map(({ atMs, what, href, isAct }) => (
          <li
            key={`${atMs} ${what}`}
            className="flex flex-wrap items-baseline gap-x-3 border-t border-line py-1.5 first:border-t-0"
          >
            <span className="min-w-0 flex-1 basis-60 wrap-anywhere">
              {href === null ? (
                what
              ) : (
                <Link href={href} className="underline-offset-2 hover:underline">
                  {what}
                </Link>
              )}
              {isAct !== true && <span className="text-muted">, by its telemetry</span>}
            </span>
            <span className="text-xs text-muted">
              <Moment atMs={atMs} />
            </span>
          </li>
        ))}
        {latest.length > LISTED && (
          <li className="border-t border-line py-1.5 text-xs text-muted">
            and {latest.length - LISTED} earlier ones
          </li>
        )}
      </ol>
    </Card>
  );
}
