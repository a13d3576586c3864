'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useFleetRows } from '#components/live/hooks.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { Segmented } from '#components/ui/segmented.tsx';
import { formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { type Addresses, snippets } from './snippets.ts';

interface ConnectProps {
  addresses: Addresses;
  /** Why this person can't create an API key; null when they can. */
  noKeyReason: string | null;
  /** Leads to the overview as soon as the first agent is there. */
  leadOn?: boolean;
}

/** How to connect an agent, and a waiting line that turns by itself when telemetry arrives. */
export function Connect({ addresses, noKeyReason, leadOn = false }: ConnectProps) {
  const ways = snippets(addresses);
  const [way, setWay] = useState(ways[0]?.id ?? '');
  const chosen = ways.find((each) => each.id === way) ?? ways[0];
  return (
    <div className="flex max-w-3xl flex-col gap-3">
      <Waiting leadOn={leadOn} />
      <Card label="API key">
        <CardHeader title="1. Get an API key" />
        <div className="flex flex-wrap items-center justify-between gap-3 px-4 pb-4 text-sm text-muted">
          {noKeyReason ?? 'A key with the scope “ingest” is all an agent needs. It is shown once.'}
          {noKeyReason === null && <ButtonLink href={paths.apiKeys()}>Create a key</ButtonLink>}
        </div>
      </Card>
      <Card label="Telemetry">
        <CardHeader title="2. Point the agent here">
          <Segmented
            label="Kind of agent"
            value={way}
            options={ways.map(({ id, label }) => ({ value: id, label }))}
            onChange={setWay}
          />
        </CardHeader>
        {chosen && (
          <div className="flex flex-col gap-3 px-4 pb-4">
            <p className="text-sm text-muted">{chosen.note}</p>
            {addresses.otlpInClear && (
              <p className="text-sm text-warning-text">
                This address takes keys unencrypted. Where agents reach the installation over TLS, its
                operator sets OTLP_HTTP_URL and OTLP_GRPC_URL, and this page tells those.
              </p>
            )}
            {chosen.blocks.map((block) => (
              <CodeBlock key={block.name} {...block} />
            ))}
            <p className="text-xs text-muted">
              gRPC is answered at {addresses.otlpGrpc}. Prompts, completions and tool arguments are dropped on
              arrival unless your team{' '}
              <Link href={paths.team()} className="underline">
                switches them on
              </Link>
              . Request rate, error rate and latency are those of runs: spans with{' '}
              <code className="font-mono">gen_ai.operation.name=invoke_agent</code>, or what your framework
              calls an agent. Model calls alone show tokens, cost and health. Nothing arrives, or less than
              was sent? The{' '}
              <Link href={paths.receiver()} className="underline">
                receiver
              </Link>{' '}
              says what was refused and why.
            </p>
          </div>
        )}
      </Card>
    </div>
  );
}

function Waiting({ leadOn }: { leadOn: boolean }) {
  const rows = useFleetRows();
  const router = useRouter();
  const count = rows?.length ?? 0;
  useEffect(() => {
    if (leadOn && count > 0) router.refresh();
  }, [leadOn, count, router]);
  const newest = rows?.at(-1);

  return (
    <div
      role="status"
      data-waiting={count === 0}
      className="flex min-h-14 items-center gap-3 rounded-lg border border-line bg-surface px-4 py-2 text-sm"
    >
      <span
        className={
          count === 0
            ? 'size-2 shrink-0 animate-pulse rounded-full bg-faint'
            : 'size-2 shrink-0 rounded-full bg-ok'
        }
      />
      {count === 0 ? (
        <span className="text-muted">
          Waiting for the first span. This page turns live by itself when it arrives.
        </span>
      ) : (
        <>
          <span>
            {formatPlural(count, 'agent')} connected{newest ? `, ${newest.name} among them` : ''}.
          </span>
          <span className="ml-auto">
            <ButtonLink href={paths.overview()} size="sm">
              Open the overview
            </ButtonLink>
          </span>
        </>
      )}
    </div>
  );
}
