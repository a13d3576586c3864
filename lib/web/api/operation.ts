import type { z } from 'zod';
import type { Command } from '#lib/command/define-command.ts';
import type { Query } from '#lib/command/define-query.ts';
import type { ApiBody } from '#lib/model/api.ts';

/** A row of the table of `/api/v1`: a verb of the system with its address. */
export interface Operation<S extends z.ZodType = z.ZodType, R = unknown> {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`, parameters in braces. */
  path: string;
  verb: Query<S, R> | Command<S, R>;
  summary: string;
  tag:
    | 'agents'
    | 'alerts'
    | 'alert-rules'
    | 'audit'
    | 'clusters'
    | 'content'
    | 'deployments'
    | 'api-keys'
    | 'gates'
    | 'health'
    | 'members'
    | 'metrics'
    | 'notifications'
    | 'on-call'
    | 'receiver'
    | 'registries'
    | 'repositories'
    | 'roles'
    | 'runs'
    | 'scaling'
    | 'teams'
    | 'workloads';
  answer: ApiBody;
  /** Status of a good answer; default 200. */
  status?: number;
  /** Name of the input field that `{id}` of the path is; default `id`. */
  idIs?: string;
}
