import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Actor } from '#lib/access/actor.ts';
import type { Permission } from '#lib/access/permissions.ts';
import type { CommandContext } from '#lib/command/context.ts';
import { type Command, execute } from '#lib/command/define-command.ts';
import { ask, type Query } from '#lib/command/define-query.ts';
import { registeredVerbs } from '#lib/command/registry.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface Verb {
  kind: 'command' | 'query';
  name: string;
  permission: Permission;
  input: z.ZodType;
  run(context: CommandContext, actor: Actor, raw: unknown): Promise<unknown>;
}

/** Every command and query of the product: the files that define some are found by their text and loaded. */
export async function everyVerb(): Promise<Verb[]> {
  const files = globSync('lib/**/*.ts', { cwd: ROOT }).filter(
    (file) =>
      !/\.test\.ts$/.test(file) &&
      !file.startsWith('lib/command/') &&
      /= define(Command|Query)\(/.test(readFileSync(join(ROOT, file), 'utf8')),
  );
  for (const file of files) await import(join(ROOT, file));
  return registeredVerbs().map(({ kind, name, permission, definition }) => {
    const command = definition as Command<z.ZodType, unknown>;
    const query = definition as Query<z.ZodType, unknown>;
    return {
      kind,
      name,
      permission,
      input: command.input,
      run: (context, actor, raw) =>
        kind === 'command' ? execute(context, actor, command, raw) : ask(context, actor, query, raw),
    };
  });
}
