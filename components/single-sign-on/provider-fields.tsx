import { SelectField, TextField } from '#components/ui/field.tsx';
import type { GrantableRole, ProviderInput, ProviderView } from '#lib/model/identity-provider.ts';

/** What a form of these fields holds, beside the secret and the name in addresses. */
export function providerValues(form: FormData): ProviderInput {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  return {
    name: text('name'),
    issuer: text('issuer'),
    clientId: text('clientId'),
    scopes: text('scopes'),
    groupsClaim: text('groupsClaim'),
    defaultRole: text('defaultRole') || null,
    signsOutThere: form.has('signsOutThere'),
    trustsAddresses: form.has('trustsAddresses'),
  };
}

/** The fields that making and changing a provider share. */
export function ProviderFields(props: {
  provider: ProviderView | null;
  roles: readonly GrantableRole[];
  errors: ReadonlyMap<string, string>;
}) {
  const { provider, roles, errors } = props;
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Name"
          name="name"
          maxLength={60}
          defaultValue={provider?.name}
          placeholder="Company ID"
          hint="Stands on the button of the sign-in page."
          error={errors.get('name')}
        />
        <TextField
          label="Issuer"
          name="issuer"
          inputMode="url"
          defaultValue={provider?.issuer}
          placeholder="https://id.example.com"
          hint="What it says of itself is fetched and checked when you save."
          error={errors.get('issuer')}
        />
        <TextField
          label="Client id"
          name="clientId"
          autoComplete="off"
          defaultValue={provider?.clientId}
          error={errors.get('clientId')}
        />
        <TextField
          label="Client secret"
          name="clientSecret"
          type="password"
          autoComplete="new-password"
          optional={provider !== null}
          hint={
            provider ? 'Stored; write another to replace it.' : 'Stored encrypted, and never shown again.'
          }
          error={errors.get('clientSecret')}
        />
        <TextField
          label="Scopes"
          name="scopes"
          defaultValue={provider?.scopes ?? 'openid email profile'}
          error={errors.get('scopes')}
        />
        <TextField
          label="Claim that lists groups"
          name="groupsClaim"
          defaultValue={provider?.groupsClaim ?? 'groups'}
          hint="In the id token or userinfo; a path such as realm_access.roles works too."
          error={errors.get('groupsClaim')}
        />
        <SelectField
          label="Role without a mapped group"
          name="defaultRole"
          defaultValue={provider?.defaultRole ?? ''}
          hint="In the default team."
          error={errors.get('defaultRole')}
        >
          <option value="">None: only mapped groups come in</option>
          {roles
            .filter(({ teamId }) => teamId === null)
            .map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
        </SelectField>
      </div>
      <label className="touch inline-flex items-center gap-2 text-sm">
        <input type="checkbox" name="signsOutThere" defaultChecked={provider?.signsOutThere ?? false} />
        Signing out here signs out at the provider too
      </label>
      <label className="touch inline-flex items-center gap-2 text-sm">
        <input type="checkbox" name="trustsAddresses" defaultChecked={provider?.trustsAddresses ?? false} />
        Its e-mail addresses count, although it does not say that it verified them
      </label>
    </>
  );
}
