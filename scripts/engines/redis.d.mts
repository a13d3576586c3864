import type { ChildProcess } from 'node:child_process';

export interface RedisEngine {
  port: number;
  password: string;
  pid: number;
  process: ChildProcess;
  url: string;
  stop(timeoutMs?: number): Promise<void>;
  kill(): void;
}

export declare function findRedis(path?: string): string | undefined;
export declare function startRedis(options: {
  dir: string;
  program?: string;
  port?: number;
  password?: string;
}): Promise<RedisEngine>;
