import { z } from 'zod';
import { GRANTABLE, type Permission } from '#lib/access/permissions.ts';

const known = GRANTABLE.map(({ permission }) => permission) as [Permission, ...Permission[]];
const inTeams = GRANTABLE.filter(({ global }) => !global).map(({ permission }) => permission) as [
  Permission,
  ...Permission[],
];

const chosen = (of: [Permission, ...Permission[]], refusal: string) =>
  z
    .array(z.enum(of, refusal))
    .max(200)
    .transform((permissions) => of.filter((permission) => permissions.includes(permission)));

export const roleFields = {
  name: z.string().trim().min(1, 'Give the role a name.').max(60),
  description: z.string().trim().max(300).default(''),
};

/** What a role of a team may be made of. */
export const teamPermissions = chosen(inTeams, 'This is no permission that a role of a team can hold.');
/** What a role of the installation may be made of. */
export const allPermissions = chosen(known, 'There is no such permission.');

export const versioned = { id: z.uuid(), version: z.int().min(1) };
export const removal = z.strictObject({ id: z.uuid() });
