/** Texts of inspector and run panel, in English. */
export const enInspector = {} as const;
