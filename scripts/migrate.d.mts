export declare function migrate(options: { ownerUrl: string; appUrl?: string }): Promise<void>;
