'use client';

import { ActFailure } from '#components/ui/act-failure.tsx';
import { Ago } from '#components/ui/ago.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Badge } from '#components/ui/status.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { GroupsFrom, ProviderView, ProviderTest as Test } from '#lib/model/identity-provider.ts';

/** A real sign-in at the provider, that signs nobody in, and what the last one brought. */
export function ProviderTest(props: {
  provider: ProviderView;
  test: BoundAction<string, never>;
  proveAgain: string;
  renderedAtMs: number;
}) {
  const { provider } = props;
  const { lastTest } = provider;
  const { save, pending, failure } = useSave(props.test);
  return (
    <Card label="Test sign-in">
      <CardHeader title="Test sign-in">
        <Button
          size="sm"
          variant={lastTest ? 'secondary' : 'primary'}
          pending={pending}
          onClick={() => save(provider.slug)}
        >
          Try a sign-in
        </Button>
      </CardHeader>
      <div className="flex flex-col gap-3 px-4 pt-1 pb-4 text-sm">
        <p className="text-xs text-muted">Makes no account and no session.</p>
        <ActFailure failure={failure} proveAgain={props.proveAgain} />
        {lastTest ? (
          <Result test={lastTest} provider={provider} renderedAtMs={props.renderedAtMs} />
        ) : (
          <p className="text-muted">
            Nobody has tried this configuration yet. Only one that works can be enabled.
          </p>
        )}
      </div>
    </Card>
  );
}

/** Why no groups came. */
const NO_GROUPS: Record<GroupsFrom, string> = {
  'id-token': 'none came',
  userinfo: 'none came',
  elsewhere:
    'not in the token. This person is in more groups than the provider sends along, so it sent a pointer in their place: let it send only groups of this application, or roles',
  nowhere: 'neither the id token nor userinfo holds this claim',
};

function Result(props: { test: Test; provider: ProviderView; renderedAtMs: number }) {
  const { test, provider, renderedAtMs } = props;
  return (
    <>
      <p className="flex flex-wrap items-center gap-2">
        {test.problem === null ? <Badge tone="ok">Works</Badge> : <Badge tone="critical">Failed</Badge>}
        <span className="text-muted">
          tried by {test.by} <Ago atMs={Date.parse(test.at)} renderedAtMs={renderedAtMs} />
        </span>
      </p>
      {test.problem !== null && <p className="text-critical-text wrap-anywhere">{test.problem}</p>}
      {Object.keys(test.claims).length > 0 && (
        <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[max-content_1fr]" aria-label="Claims that came">
          {Object.entries(test.claims).map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="font-mono text-xs leading-5 wrap-anywhere">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {test.problem === null && (
        <>
          <p>
            <span className="text-muted">Groups in {provider.groupsClaim}: </span>
            {test.groups.length > 0 ? test.groups.join(', ') : NO_GROUPS[test.groupsFrom ?? 'id-token']}
            {test.groupsFrom === 'userinfo' && <span className="text-muted"> (from userinfo)</span>}
          </p>
          <p>
            <span className="text-muted">Roles that follow: </span>
            {test.roles.length > 0
              ? test.roles
                  .map(({ role, team }) => `${role} ${team === null ? 'everywhere' : `in ${team}`}`)
                  .join(', ')
              : 'none; this person would not come in'}
          </p>
        </>
      )}
    </>
  );
}
