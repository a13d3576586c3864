export declare function freePort(preferred?: number): Promise<number>;
export declare function portIsFree(port: number, host?: string): Promise<boolean>;
export declare function isAlive(pid: number): boolean;
export declare function goneWithin(pid: number, timeoutMs: number): Promise<boolean>;
