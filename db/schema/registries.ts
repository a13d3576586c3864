import { pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { createdAt, id, time } from './columns.ts';
import { team } from './members.ts';

/** Registries of images that want a login or have an authority of their own; all others are asked as anybody. */
export const registries = pgTable(
  'registries',
  {
    id: id(),
    teamId: team(),
    /** As names of images begin: `ghcr.io`, `registry.example.com:5000`; `docker.io` for Docker Hub. */
    host: text('host').notNull(),
    username: text('username').notNull().default(''),
    /** Password or token: sealed. Null: it is asked as anybody. */
    sealedSecret: text('sealed_secret'),
    /** The certificate of its authority, PEM. */
    ca: text('ca'),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [uniqueIndex('registries_host_key').on(t.teamId, t.host)],
);
