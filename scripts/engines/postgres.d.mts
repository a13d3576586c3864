import type { ChildProcess } from 'node:child_process';

export interface PostgresEngine {
  port: number;
  pid: number;
  process: ChildProcess;
  note?: string;
  superuserUrl: string;
  ownerUrl: string;
  appUrl: string;
  stop(timeoutMs?: number): Promise<void>;
  kill(): void;
}

export declare function startPostgres(options: {
  dir: string;
  port?: number;
  durable?: boolean;
  isolation?: 'system-user';
}): Promise<PostgresEngine>;

export declare function embeddedAppUrl(dir: string, port: number): string | null;
