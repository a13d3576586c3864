export declare const HEADLESS_SHELL: string;
export declare function findProgram(names: readonly string[]): string | undefined;
