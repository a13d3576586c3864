import { z } from 'zod';
import { GRANTABLE, type Permission } from '#lib/access/permissions.ts';

/** Permissions by name, each once and in the order of the table; any other is refused at its place. */
const chosen = (of: readonly Permission[], refusal: string) =>
  z
    .array(z.string().max(80))
    .max(200)
    .transform((given, check) => {
      for (const [index, name] of given.entries()) {
        if (!of.some((permission) => permission === name))
          check.addIssue({ code: 'custom', path: [index], message: refusal });
      }
      return of.filter((permission) => given.includes(permission));
    });

export const roleFields = {
  name: z.string().trim().min(1, 'Give the role a name.').max(60),
  description: z.string().trim().max(300).default(''),
};

/** What a role of a team may be made of. */
export const teamPermissions = chosen(
  GRANTABLE.filter(({ global }) => !global).map(({ permission }) => permission),
  'This is no permission that a role of a team can hold.',
);
/** What a role of the installation may be made of. */
export const allPermissions = chosen(
  GRANTABLE.map(({ permission }) => permission),
  'There is no such permission.',
);

export const versioned = { id: z.uuid(), version: z.int32().min(1) };
export const removal = z.strictObject({ id: z.uuid() });
