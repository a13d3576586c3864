import { Card, CardHeader } from '#components/ui/card.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import type { ProviderView } from '#lib/model/identity-provider.ts';

/** What the provider must be told about us. */
export function ProviderAddresses({ provider }: { provider: ProviderView }) {
  return (
    <Card label="Addresses for the provider">
      <CardHeader title="Tell the provider" hint="where its client is set up" />
      <div className="flex min-w-0 flex-col gap-3 px-4 pt-1 pb-4">
        <CodeBlock name="Callback (redirect URI)" text={provider.callbackAddress} />
        <CodeBlock name="After signing out (post-logout redirect URI)" text={provider.signedOutAddress} />
        <CodeBlock name="Back-channel logout" text={provider.backChannelAddress} />
      </div>
    </Card>
  );
}
