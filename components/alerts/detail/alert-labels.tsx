import { Card, CardHeader } from '#components/ui/card.tsx';
import type { AlertDetail } from '#lib/model/alert-view.ts';
import { httpLink } from './http-link.ts';

function Pairs({ title, pairs }: { title: string; pairs: readonly (readonly [string, string])[] }) {
  if (pairs.length === 0) return null;
  return (
    <Card label={title}>
      <CardHeader title={title} />
      <dl className="flex flex-col gap-1.5 px-4 pb-3 text-sm">
        {pairs.map(([name, value]) => (
          <div key={name} className="min-w-0">
            <dt className="text-xs text-muted wrap-anywhere">{name}</dt>
            <dd className="font-mono text-xs wrap-anywhere">
              <MaybeLink text={value} />
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

/** A link where the text is an http(s) address, else the text (alerting S69). */
export function MaybeLink({ text, words }: { text: string; words?: string }) {
  const href = httpLink(text);
  if (href === null) return text;
  return (
    <a
      href={href}
      target="_blank"
      rel="noreferrer noopener"
      className="text-accent-text underline underline-offset-2"
    >
      {words ?? text}
    </a>
  );
}

/** In alphabetical order: the database has one of its own. */
const sorted = (texts: Readonly<Record<string, string>>) =>
  Object.entries(texts).toSorted(([a], [b]) => a.localeCompare(b));

/** Everything its sender said: what tells it apart, and what is only told. */
export function AlertLabels({ alert }: { alert: AlertDetail }) {
  return (
    <>
      <Pairs title="Labels" pairs={sorted(alert.labels)} />
      <Pairs title="Annotations" pairs={sorted(alert.annotations)} />
    </>
  );
}
