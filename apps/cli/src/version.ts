/** Of the contract that is served. */
export const VERSION = '0.115.0';
