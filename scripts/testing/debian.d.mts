export declare function findProgram(names: readonly string[]): string | undefined;
