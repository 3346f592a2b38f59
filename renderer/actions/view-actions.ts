import type { LanguageChoice, Theme } from '../store/ui.ts';
import type { Action } from './action.ts';
import { hasDocument } from './document-actions.ts';

export const fitAction: Action = {
  id: 'zoom-to-fit',
  label: () => 'action.fit',
  icon: 'M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4',
  shortcuts: ['Mod+0'],
  when: hasDocument,
  perform: (studio) => studio.canvas?.fitView(),
};

export const findAction: Action = {
  id: 'find',
  label: () => 'action.find',
  icon: 'M11 7A4 4 0 1 1 3 7a4 4 0 0 1 8 0zM10 10l4 4',
  shortcuts: ['Mod+F'],
  when: hasDocument,
  perform: ({ ui }) => ui.setState({ searching: true }),
};

export const panelAction: Action = {
  id: 'panel',
  label: () => 'action.panel',
  icon: 'M2 3h12v10H2zM2 9h12',
  shortcuts: ['Mod+J'],
  when: hasDocument,
  perform: ({ ui }) => ui.setState({ panelOpen: !ui.getState().panelOpen }),
};

export const commandsAction: Action = {
  id: 'commands',
  label: () => 'action.commands',
  icon: 'M3 4l4 4-4 4M8 12h5',
  shortcuts: ['Mod+K'],
  when: () => true,
  perform: ({ ui }) => ui.setState({ dialog: { kind: 'commands' } }),
};

export const connectionsAction: Action = {
  id: 'connections',
  label: () => 'action.connections',
  icon: 'M5 8a2 2 0 1 0-4 0a2 2 0 0 0 4 0M15 8a2 2 0 1 0-4 0a2 2 0 0 0 4 0M5 8h6',
  when: () => true,
  perform: ({ ui }) => ui.setState({ dialog: { kind: 'connections' } }),
};

export const preferencesAction: Action = {
  id: 'preferences',
  label: () => 'action.preferences',
  icon: 'M2 4h7M13 4h1M11 2.500v3M2 8h2M8 8h6M6 6.500v3M2 12h7M13 12h1M11 10.500v3',
  shortcuts: ['Mod+,'],
  when: () => true,
  perform: ({ ui }) => ui.setState({ dialog: { kind: 'preferences' } }),
};

export const shortcutsAction: Action = {
  id: 'shortcuts',
  label: () => 'action.shortcuts',
  icon: 'M2 4h12v8H2zM4.500 6.500h1M7.500 6.500h1M10.500 6.500h1M5 9.500h6',
  shortcuts: ['?'],
  notInText: true,
  when: () => true,
  perform: ({ ui }) => ui.setState({ dialog: { kind: 'shortcuts' } }),
};

export const zoneAction: Action = {
  id: 'zone',
  label: () => 'action.zone',
  icon: 'M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM8 4.500V8l2.500 1.500',
  when: () => true,
  perform: ({ ui }) => ui.setState({ zone: ui.getState().zone === 'utc' ? 'local' : 'utc' }),
};

const SUN =
  'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1.500v1M8 13.500v1M1.500 8h1M13.500 8h1M3.500 3.500l.7.7M11.800 11.800l.7.7M3.500 12.500l.7-.7M11.800 4.200l.7-.7';
const MOON = 'M13 9.500A5.500 5.500 0 0 1 6.500 3a5.500 5.500 0 1 0 6.500 6.500z';

const theme = (
  value: Theme,
  label: 'action.themeLight' | 'action.themeDark' | 'action.themeSystem',
  icon: string,
): Action => ({
  id: `theme-${value}`,
  label: () => label,
  icon,
  when: ({ ui }) => ui.getState().theme !== value,
  perform: ({ ui }) => ui.setState({ theme: value }),
});

export const lightAction = theme('light', 'action.themeLight', SUN);
export const darkAction = theme('dark', 'action.themeDark', MOON);
export const systemThemeAction = theme('system', 'action.themeSystem', 'M2 3h12v8H2zM6 14h4M8 11v3');

const GLOBE = 'M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM2 8h12M8 2c4 4 4 8 0 12M8 2c-4 4-4 8 0 12';

const language = (
  value: LanguageChoice,
  label: 'action.languageEn' | 'action.languageJa' | 'action.languageSystem',
): Action => ({
  id: `language-${value}`,
  label: () => label,
  icon: GLOBE,
  when: ({ ui }) => ui.getState().language !== value,
  perform: ({ ui }) => ui.setState({ language: value }),
});

export const LANGUAGE_ACTIONS: readonly Action[] = [
  language('en', 'action.languageEn'),
  language('ja', 'action.languageJa'),
  language('system', 'action.languageSystem'),
];
