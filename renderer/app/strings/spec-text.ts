/**
 * What the engine's specs call node types, ports and settings, in the studio's language. Specs speak English, and are
 * the catalogue's keys: what it lacks (a new node, an example of an expression) stays as it is.
 */
import { language } from './index.ts';
import { jaDescriptions } from './ja-descriptions.ts';
import { jaNodes } from './ja-nodes.ts';
import { jaSettings } from './ja-settings.ts';

export const nodeText = (english: string): string =>
  language() === 'ja' && Object.hasOwn(jaNodes, english) ? (jaNodes[english] ?? english) : english;

export const settingText = (english: string): string =>
  language() === 'ja' && Object.hasOwn(jaSettings, english) ? (jaSettings[english] ?? english) : english;

export const descriptionText = (english: string): string =>
  language() === 'ja' && Object.hasOwn(jaDescriptions, english)
    ? (jaDescriptions[english] ?? english)
    : english;
