'use client';

import { Eye } from 'lucide-react';
import { useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import type { ContentPart, RunContent } from '#lib/model/content.ts';

/** What has no id of its own and never changes places is known by its place. */
function numbered<T extends object>(items: readonly T[]): (T & { number: number })[] {
  return items.map((item, number) => ({ ...item, number }));
}

function Parts({ title, parts }: { title: string; parts: readonly ContentPart[] }) {
  return (
    <section className="flex flex-col gap-2 border-t border-line px-4 py-3">
      <h3 className="text-sm font-medium wrap-anywhere">{title}</h3>
      {numbered(parts).map(({ name, text, number }) => (
        <figure key={number} className="min-w-0">
          <figcaption className="font-mono text-xs text-muted wrap-anywhere">{name}</figcaption>
          <pre className="mt-1 max-h-80 overflow-auto rounded-md bg-sunken p-2 font-mono text-xs wrap-anywhere whitespace-pre-wrap">
            {text}
          </pre>
        </figure>
      ))}
    </section>
  );
}

function Shown({ content }: { content: RunContent }) {
  if (content.spans.length + content.logs.length === 0)
    return <p className="px-4 pb-4 text-sm text-muted">Nothing that was said in this run is stored.</p>;
  return (
    <>
      {content.spans.map((span) => (
        <Parts key={span.spanId} title={span.name} parts={span.parts} />
      ))}
      {numbered(content.logs).map((log) => (
        <Parts key={log.number} title="Log" parts={log.parts} />
      ))}
      {content.truncated && (
        <p className="border-t border-line px-4 py-2 text-xs text-muted">There is more than is shown here.</p>
      )}
    </>
  );
}

/** What was said in a run, shown on demand to who may read it: the look is recorded. */
export function RunContentView(props: {
  traceId: string;
  readContent: BoundAction<{ traceId: string }, RunContent>;
  hasContent: boolean;
  mayRead: boolean;
}) {
  const { traceId, hasContent, mayRead } = props;
  const [content, setContent] = useState<RunContent | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [pending, setPending] = useState(false);

  async function show(): Promise<void> {
    setPending(true);
    const answer = await props.readContent({ traceId });
    setPending(false);
    setContent(answer.ok ? answer.data : null);
    setFailure(answer.ok ? null : answer.error.message);
  }

  return (
    <Card label="Content" className="overflow-hidden">
      <CardHeader title="Content" />
      {content === null ? (
        <div className="flex flex-col gap-3 px-4 pb-4 text-sm text-muted">
          <p className="max-w-[68ch]">
            {hasContent
              ? 'Prompts, completions or tool arguments are stored with this run. Reading them is recorded in the audit log.'
              : 'No prompts, completions or tool arguments are stored with the spans of this run.'}
            {!mayRead && ' Your role may not read content.'}
          </p>
          {failure !== null && (
            <p role="alert" className="text-critical-text">
              {failure}
            </p>
          )}
          {mayRead && (
            <div>
              <Button icon={Eye} pending={pending} onClick={() => void show()}>
                Show content
              </Button>
            </div>
          )}
        </div>
      ) : (
        <Shown content={content} />
      )}
    </Card>
  );
}
