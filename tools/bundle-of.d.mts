export declare const BUNDLES: string;
export declare const CURRENT: string;
export declare function bundledCli(root: string, node: string): string | null;
export declare function freshBundle(root: string): string | null;
export declare function compiledOf(cli: string): string;
