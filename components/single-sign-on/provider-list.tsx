import Link from 'next/link';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Badge } from '#components/ui/status.tsx';
import { formatPlural } from '#lib/model/format.ts';
import type { ProviderView } from '#lib/model/identity-provider.ts';
import { paths } from '#lib/model/paths.ts';

/** What a provider is waiting for, in one word. */
export function ProviderState({ provider }: { provider: Pick<ProviderView, 'enabled' | 'testedAt'> }) {
  if (provider.enabled) return <Badge tone="ok">Enabled</Badge>;
  return provider.testedAt === null ? (
    <Badge tone="warning">Not tested</Badge>
  ) : (
    <Badge>Tested, not enabled</Badge>
  );
}

/** Where people can come from. */
export function ProviderList(props: {
  providers: readonly ProviderView[];
  environment: { name: string; issuer: string } | null;
}) {
  const { providers, environment } = props;
  if (providers.length === 0 && !environment)
    return (
      <StateMessage kind="empty" compact title="Everybody signs in with a password">
        Add your identity provider, and people come in with the account that they have.
      </StateMessage>
    );
  return (
    <Card label="Providers">
      <CardHeader
        title="Providers"
        hint={formatPlural(providers.length + (environment ? 1 : 0), 'provider')}
      />
      <ul>
        {environment && (
          <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2.5 text-sm">
            <span className="min-w-0 flex-1 basis-56">
              <span className="block font-medium wrap-anywhere">{environment.name}</span>
              <code className="font-mono text-xs text-muted wrap-anywhere">{environment.issuer}</code>
            </span>
            <span className="text-xs text-muted">Set up by the environment (OIDC_ISSUER)</span>
            <Badge tone="ok">Enabled</Badge>
          </li>
        )}
        {providers.map((provider) => (
          <li key={provider.id} className="border-t border-line">
            <Link
              href={paths.identityProvider(provider.id)}
              className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm hover:bg-hover focus-visible:-outline-offset-2"
            >
              <span className="min-w-0 flex-1 basis-56">
                <span className="block font-medium wrap-anywhere">{provider.name}</span>
                <code className="font-mono text-xs text-muted wrap-anywhere">{provider.issuer}</code>
              </span>
              <ProviderState provider={provider} />
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
