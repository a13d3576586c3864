import type { ChildProcess } from 'node:child_process';

export interface Product {
  /** Address of the console. */
  url: string;
  realtimePort: number;
  workerPort: number;
  otlpHttpUrl: string;
  otlpGrpcAddress: string;
  admin: { email: string; password: string };
  apiKey: string;
  dataDir: string;
  /** The ready line as printed. */
  ready: string;
  readyMs: number;
  output: { text: string };
  process: ChildProcess;
  stop(options?: { keep?: boolean }): Promise<number | null>;
}

export declare function startProduct(options?: {
  root?: string;
  env?: Record<string, string>;
  dataDir?: string;
  node?: string;
}): Promise<Product>;
