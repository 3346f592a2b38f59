/** Noto Sans JP, loaded only for Japanese; by unicode-range, so that of its 120 files only those in use are read. */
import '@fontsource/noto-sans-jp/400.css';
import '@fontsource/noto-sans-jp/600.css';
