export function typeLine(schema: unknown): string;
export function methodTypes(union: unknown): [method: string, params: string | null][];
