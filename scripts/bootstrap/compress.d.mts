/** Writes `<file>.br` and `<file>.gz` beside each text file below a folder. */
export function compressFiles(folder: string): Promise<void>;
