/** Plus over minus. */
export const CHANGES_ICON = 'M8 2v7M4.500 5.500h7M4.500 13h7';
