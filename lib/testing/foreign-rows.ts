import { randomBytes } from 'node:crypto';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { uuidv7 } from '#lib/model/uuid.ts';
import type { World } from './world.ts';

const SCHEMA = join(import.meta.dirname, '../../db/schema');

type Config = ReturnType<typeof getTableConfig>;
type Column = Config['columns'][number];
type Row = Record<string, unknown>;

/** What the rules of some tables want beside the types of their columns; a function makes another value for each row. */
const RULES: Record<string, Row> = {
  alerts: { labels: () => ({ [`l${randomBytes(6).toString('hex')}`]: 'x' }) },
  memberships: { role: 'viewer' },
  api_keys: { scopes: ['read'] },
  clusters: { namespaces: ['agents'] },
  agent_transitions: { from_status: 'running', to_status: 'error' },
  redaction_rules: { kind: 'email' },
  schedules: { time_zone: 'UTC' },
  escalation_policies: { steps: [] },
  schedule_overrides: { starts_at: new Date(0) },
  freeze_windows: { starts_at: new Date(0) },
};

async function everyTable(): Promise<PgTable[]> {
  const tables: PgTable[] = [];
  for (const file of globSync('*.ts', { cwd: SCHEMA })) {
    const module: Record<string, unknown> = await import(join(SCHEMA, file));
    tables.push(...Object.values(module).filter((value): value is PgTable => is(value, PgTable)));
  }
  return [...new Set(tables)];
}

/** Something that a column takes, by its type. */
function sample({ dataType, columnType, enumValues, name }: Column): unknown {
  if (enumValues?.length) return enumValues[0];
  if (columnType === 'PgUUID') return uuidv7();
  switch (dataType) {
    case 'string':
      return name === 'email' ? `${uuidv7()}@example.test` : `x${randomBytes(6).toString('hex')}`;
    case 'number':
      return 1;
    case 'boolean':
      return false;
    case 'date':
      return new Date(Date.now() + 3_600_000);
    case 'json':
      return {};
    case 'array':
      return [];
    default:
      return randomBytes(32);
  }
}

/** The parent's value of each column that refers to another table, where there is a row of it. */
function references(config: Config, seeded: ReadonlyMap<string, Row>): Row {
  const values: Row = {};
  for (const key of config.foreignKeys) {
    const { columns, foreignColumns, foreignTable } = key.reference();
    const parent = seeded.get(getTableConfig(foreignTable).name);
    for (const [index, column] of columns.entries()) {
      const value = parent?.[foreignColumns[index]?.name ?? ''];
      if (value !== undefined && (column.notNull || column.name.endsWith('team_id')))
        values[column.name] = value;
    }
  }
  return values;
}

function rowFor(config: Config, seeded: ReadonlyMap<string, Row>): Row {
  const rules = Object.entries(RULES[config.name] ?? {}).map(([name, value]) => [
    name,
    typeof value === 'function' ? value() : value,
  ]);
  const given: Row = { ...references(config, seeded), ...Object.fromEntries(rules) };
  return Object.fromEntries(
    config.columns
      .filter(
        (column) => column.name in given || (column.notNull && !column.hasDefault) || column.name === 'id',
      )
      .map((column) => [column.name, given[column.name] ?? sample(column)]),
  );
}

/** Whether everything that a table needs of others is there. */
function isReady(config: Config, seeded: ReadonlyMap<string, Row>): boolean {
  return config.foreignKeys.every((key) => {
    const { columns, foreignTable } = key.reference();
    return !columns.some(({ notNull }) => notNull) || seeded.has(getTableConfig(foreignTable).name);
  });
}

/**
 * A row of a team in every table of the schema, made from the schema itself; what a row refers to is the row of that
 * table.
 *
 * @returns the ids by table, and tables whose rules no such row meets
 */
export async function seedEveryTable(
  { db, ownerSql }: Pick<World, 'db' | 'ownerSql'>,
  team: Row & { id: string },
) {
  const seeded = new Map<string, Row>([['teams', team]]);
  const failed = new Map<string, string>();
  let waiting = (await everyTable()).map((table) => ({ table, config: getTableConfig(table) }));
  waiting = waiting.filter(({ config }) => config.name !== 'teams');
  for (let progress = true; progress; ) {
    const ready = waiting.filter(({ config }) => isReady(config, seeded));
    progress = ready.length > 0;
    waiting = waiting.filter((each) => !ready.includes(each));
    for (const { table, config } of ready) {
      const row = rowFor(config, seeded);
      const byKey = Object.fromEntries(
        Object.entries(table as unknown as Record<string, Column>)
          .filter(([, column]) => config.columns.includes(column))
          .map(([key, column]) => [key, row[column.name]]),
      );
      try {
        await db.insert(table).values(byKey as never);
        seeded.set(config.name, row);
      } catch (error) {
        failed.set(config.name, String((error as { cause?: unknown }).cause ?? error));
      }
    }
  }
  for (const { config } of waiting) failed.set(config.name, 'what it refers to is missing');
  const ids = [...seeded].flatMap(([table, { id }]) =>
    typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id) ? [[table, id] as const] : [],
  );
  /** Everything that was seeded, as it is now. */
  const dump = async () => {
    const rows = [...seeded].map(async ([table, { id }]) =>
      typeof id === 'string'
        ? [table, await ownerSql`select * from ${ownerSql(table)} where id::text = ${id}`]
        : [],
    );
    return JSON.stringify(await Promise.all(rows));
  };
  return { ids: new Map(ids), failed, dump };
}
