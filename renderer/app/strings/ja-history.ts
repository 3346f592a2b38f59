/** Texts of a run's past and of comparing two runs, in Japanese. */
import type { enHistory } from './en-history.ts';

export const jaHistory: Readonly<Record<keyof typeof enHistory, string>> = {
  'history.label': '実行の履歴',
  'history.slider': '表示する時点',
  'history.keys': '矢印キー：1時点ずつ。Page Up／Page Down：10秒。Home：開始時点。End：現在。',
  'history.present': '現在',
  'history.live': 'ライブ',
  'history.end': '実行の終わり',
  'history.past': '過去：{at}の時点',
  'history.pastText':
    'カード、エッジ、時間プロット、診断はこの時点のものです。結果、レコード、ウィンドウ、ログは現在のままです。',
  'history.toLive': 'ライブに戻る',
  'history.toEnd': '終わりに戻る',
  'history.noRecords': 'この時点のレコードはありません',
  'history.noRecordsText': 'レコードは、プロットを開いている間だけ集められます。',
  'action.again': 'もう一度実行',
};
