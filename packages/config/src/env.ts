/** Environment variables as the caller hands them over. */
export type Env = Readonly<Record<string, string | undefined>>;
